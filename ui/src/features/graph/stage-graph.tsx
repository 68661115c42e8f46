// Stages as a graph, for a workflow and for its runs.

import "@xyflow/react/dist/base.css";
import "./stage-graph.css";

import {
  Background,
  type Edge,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";

import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import { layOut, type Size } from "@/model/dag-layout";

import { BendEdge, type BendEdgeData } from "./bend-edge";
import { type GraphStage, StageNode, type StageNodeData } from "./stage-node";

const SIZE: Size = { width: 216, height: 64, gapX: 56, gapY: 20 };
const NODE_TYPES = { stage: StageNode };
const EDGE_TYPES = { bend: BendEdge };

export interface StageGraphProps {
  label: string;
  stages: readonly GraphStage[];
  selected: string | undefined;
  onSelect: (id: string) => void;
  className?: string;
}

export function StageGraph({ className, ...rest }: StageGraphProps) {
  return (
    <div
      role="group"
      aria-label={rest.label}
      className={cx(
        "relative min-h-80 overflow-hidden rounded-lg border border-line bg-sunken",
        className,
      )}
    >
      <ReactFlowProvider>
        <Canvas {...rest} />
      </ReactFlowProvider>
    </div>
  );
}

/** What decides where things are; it stays the same while a run goes on. */
function shapeOf(stages: readonly GraphStage[]): string {
  return JSON.stringify(stages.map(({ id, dependsOn }) => [id, dependsOn]));
}

function Canvas({ stages, selected, onSelect }: Omit<StageGraphProps, "className">) {
  const shape = shapeOf(stages);
  const layout = useMemo(() => {
    const pairs = JSON.parse(shape) as [string, string[]][];
    return layOut(
      pairs.map(([id, dependsOn]) => ({ id, dependsOn })),
      SIZE,
    );
  }, [shape]);
  const latest = useRef(onSelect);
  useEffect(() => {
    latest.current = onSelect;
  });

  const nodes = useMemo(
    () =>
      stages.map((stage): Node<StageNodeData, "stage"> => ({
        id: stage.id,
        type: "stage",
        position: layout.nodes.get(stage.id) ?? { x: 0, y: 0 },
        width: SIZE.width,
        height: SIZE.height,
        draggable: false,
        data: {
          ...stage,
          selected: stage.id === selected,
          onSelect: () => latest.current(stage.id),
        },
      })),
    [stages, layout, selected],
  );
  const edges = useMemo(
    () =>
      layout.edges.map(({ from, to, points }): Edge<BendEdgeData, "bend"> => {
        const touched = from === selected || to === selected;
        return {
          id: `${from}>${to}`,
          source: from,
          target: to,
          type: "bend",
          data: { points, touched },
          zIndex: touched ? 1 : 0,
        };
      }),
    [layout, selected],
  );

  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      fitView
      fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
      minZoom={0.08}
      maxZoom={1.5}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      panOnScroll
      zoomOnDoubleClick={false}
      onlyRenderVisibleElements={stages.length > 150}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={20} size={1} color="var(--line-strong)" />
      <Follow selected={selected} shape={shape} />
      <ZoomButtons />
    </ReactFlow>
  );
}

/** Keeps the selected stage in view, and fits the graph when it has another shape. */
function Follow({ selected, shape }: { selected: string | undefined; shape: string }) {
  const flow = useReactFlow();
  useEffect(() => {
    void flow.fitView({ padding: 0.12, maxZoom: 1 });
  }, [flow, shape]);
  useEffect(() => {
    const node = selected === undefined ? undefined : flow.getNode(selected);
    const pane = document.querySelector(".react-flow")?.getBoundingClientRect();
    if (!node || !pane) return;
    const { x, y, zoom } = flow.getViewport();
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    const inside =
      left >= 0 &&
      top >= 0 &&
      left + SIZE.width * zoom <= pane.width &&
      top + SIZE.height * zoom <= pane.height;
    if (inside) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    void flow.setCenter(node.position.x + SIZE.width / 2, node.position.y + SIZE.height / 2, {
      zoom,
      duration: still ? 0 : 250,
    });
  }, [flow, selected]);
  return null;
}

function ZoomButtons() {
  const flow = useReactFlow();
  return (
    <div className="absolute right-3 bottom-3 z-10 flex overflow-hidden rounded-md border border-line bg-raised shadow-2">
      <IconButton label="Smaller" onClick={() => void flow.zoomOut()} className="rounded-none">
        <Minus />
      </IconButton>
      <IconButton label="Larger" onClick={() => void flow.zoomIn()} className="rounded-none">
        <Plus />
      </IconButton>
      <IconButton
        label="Show everything"
        onClick={() => void flow.fitView({ padding: 0.12, maxZoom: 1 })}
        className="rounded-none"
      >
        <Maximize />
      </IconButton>
    </div>
  );
}
