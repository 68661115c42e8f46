// Stages as a graph, for a workflow and for its runs.

import "@xyflow/react/dist/base.css";
import "./stage-graph.css";

import {
  Background,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  ViewportPortal,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import type { Extent } from "@/model/dag-layout";
import type { StepStatus } from "@/model/status";

import { extentOf, within } from "./bounds";
import { type Drawing, FEW, lookAt, useDrawing } from "./drawing";
import { type Begun, Lines } from "./lines";
import { type GraphStage, StageNode, type StageNodeData } from "./stage-node";

const NODE_TYPES = { stage: StageNode };
/** Nothing is connected by hand. Said beforehand, like the size, no stage has to be drawn to know it. */
const HANDLES: NonNullable<Node["handles"]> = [];
export interface StageGraphProps {
  label: string;
  stages: readonly GraphStage[];
  selected: string | undefined;
  onSelect: (id: string) => void;
  className?: string;
}

export function StageGraph({ className, ...rest }: StageGraphProps) {
  const frame = useRef<HTMLDivElement>(null);
  const place = useExtent(frame);
  return (
    <div
      ref={frame}
      role="group"
      aria-label={rest.label}
      className={cx(
        "relative min-h-80 overflow-hidden rounded-lg border border-line bg-sunken",
        className,
      )}
    >
      {place && (
        <ReactFlowProvider>
          <Canvas {...rest} place={place} />
        </ReactFlowProvider>
      )}
    </div>
  );
}

/** How large something is, in steps that are worth another look. */
function useExtent(ref: RefObject<HTMLElement | null>): Extent | null {
  const [extent, setExtent] = useState<Extent | null>(null);
  // Before anything is drawn, so that the graph is in the first picture.
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0 || height === 0) return;
      setExtent((before) =>
        before && Math.abs(before.width - width) < 40 && Math.abs(before.height - height) < 40
          ? before
          : { width, height },
      );
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [ref]);
  return extent;
}

/** The same for as long as every stage stands where it stood. */
function useBegun(stages: readonly GraphStage[]): Begun {
  const key = JSON.stringify(
    stages.flatMap(({ id, status }) =>
      status === undefined || status === "pending" || status === "skipped" ? [] : [[id, status]],
    ),
  );
  return useMemo(() => new Map(JSON.parse(key) as [string, StepStatus][]), [key]);
}

function Canvas({
  stages,
  selected,
  onSelect,
  place,
}: Omit<StageGraphProps, "className" | "label"> & { place: Extent }) {
  const drawing = useDrawing(stages, place);
  const { layout, size, down } = drawing;
  const begun = useBegun(stages);
  const extent = useMemo(() => extentOf(layout), [layout]);
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
        width: size.width,
        height: size.height,
        measured: size,
        handles: HANDLES,
        draggable: false,
        data: {
          ...stage,
          selected: stage.id === selected,
          onSelect: () => latest.current(stage.id),
        },
      })),
    [stages, layout, size, selected],
  );
  return (
    <ReactFlow
      nodes={nodes}
      nodeTypes={NODE_TYPES}
      defaultViewport={lookAt(drawing, place)}
      minZoom={0.08}
      maxZoom={1.5}
      translateExtent={extent}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      elementsSelectable={false}
      panOnScroll
      zoomOnDoubleClick={false}
      onlyRenderVisibleElements={stages.length > FEW}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={20} size={1.5} color="var(--line-strong)" />
      <ViewportPortal>
        <Lines layout={layout} down={down} selected={selected} begun={begun} />
      </ViewportPortal>
      <Follow selected={selected} drawing={drawing} place={place} />
      <ZoomButtons />
    </ReactFlow>
  );
}

/** Keeps the selected stage in view, and looks anew at a graph that has another shape. */
function Follow({
  selected,
  drawing,
  place,
}: {
  selected: string | undefined;
  drawing: Drawing;
  place: Extent;
}) {
  const flow = useReactFlow();
  const { layout, size } = drawing;
  const seen = useRef({ layout, place });
  useEffect(() => {
    if (seen.current.layout === layout && seen.current.place === place) return;
    seen.current = { layout, place };
    void flow.setViewport(lookAt(drawing, place));
  }, [flow, drawing, layout, place]);
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
      left + size.width * zoom <= pane.width &&
      top + size.height * zoom <= pane.height;
    if (inside) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const middle = {
      x: pane.width / 2 - (node.position.x + size.width / 2) * zoom,
      y: pane.height / 2 - (node.position.y + size.height / 2) * zoom,
      zoom,
    };
    void flow.setViewport(within(middle, layout, pane), { duration: still ? 0 : 250 });
  }, [flow, selected, layout, size]);
  return null;
}

function ZoomButtons() {
  const flow = useReactFlow();
  return (
    <div className="absolute right-3 bottom-3 z-10 flex overflow-hidden rounded-md border border-line bg-raised shadow-2">
      <IconButton
        label="Smaller"
        onClick={() => void flow.zoomOut()}
        className="rounded-none pointer-coarse:size-11"
      >
        <Minus />
      </IconButton>
      <IconButton
        label="Larger"
        onClick={() => void flow.zoomIn()}
        className="rounded-none pointer-coarse:size-11"
      >
        <Plus />
      </IconButton>
      <IconButton
        label="Show everything"
        onClick={() => void flow.fitView({ padding: 0.08, maxZoom: 1 })}
        className="rounded-none pointer-coarse:size-11"
      >
        <Maximize />
      </IconButton>
    </div>
  );
}
