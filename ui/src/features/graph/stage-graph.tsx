// Stages as a graph, for a workflow and for its runs.

import "@xyflow/react/dist/base.css";
import "./stage-graph.css";

import {
  Background,
  getViewportForBounds,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Viewport,
  ViewportPortal,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import {
  arrange,
  type Extent,
  type GraphLayout,
  placeAcross,
  placeDown,
  type Size,
  zoomToFit,
} from "@/model/dag-layout";

import { Lines } from "./lines";
import { type GraphStage, StageNode, type StageNodeData } from "./stage-node";

const SIZE: Size = { width: 216, height: 64, gapX: 56, gapY: 20 };
const SIZE_DOWN: Size = { ...SIZE, gapX: 36, gapY: 24 };
/** Smaller than this nobody likes to read it; the rest is a matter of moving around. */
const FIT = { padding: 0.08, maxZoom: 1, minZoom: 0.9 };
const NODE_TYPES = { stage: StageNode };
/** Nothing is connected by hand. Said beforehand, like the size, no stage has to be drawn to know it. */
const HANDLES: NonNullable<Node["handles"]> = [];
const MEASURED = { width: SIZE.width, height: SIZE.height };
/** More stages than this are drawn only where somebody looks. */
const FEW = 150;

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

/** What decides where things are; it stays the same while a run goes on. */
function shapeOf(stages: readonly GraphStage[]): string {
  return JSON.stringify(stages.map(({ id, dependsOn }) => [id, dependsOn]));
}

/** From left to right, or downwards where everything is larger that way. */
function useLayout(shape: string, { width, height }: Extent) {
  return useMemo(() => {
    const pairs = JSON.parse(shape) as [string, string[]][];
    const nodes = pairs.map(([id, dependsOn]) => ({ id, dependsOn }));
    const order = arrange(nodes);
    const across = placeAcross(order, SIZE);
    const inside = { width: width * 0.9, height: height * 0.9 };
    if (zoomToFit(across, inside) > FIT.minZoom) return { layout: across, down: false };
    const downwards = placeDown(order, SIZE_DOWN);
    const down = zoomToFit(downwards, inside) > zoomToFit(across, inside) * 1.1;
    return { layout: down ? downwards : across, down };
  }, [shape, width, height]);
}

function Canvas({
  stages,
  selected,
  onSelect,
  place,
}: Omit<StageGraphProps, "className" | "label"> & { place: Extent }) {
  const shape = shapeOf(stages);
  const { layout, down } = useLayout(shape, place);
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
        measured: MEASURED,
        handles: HANDLES,
        draggable: false,
        data: {
          ...stage,
          selected: stage.id === selected,
          onSelect: () => latest.current(stage.id),
        },
      })),
    [stages, layout, selected],
  );
  return (
    <ReactFlow
      nodes={nodes}
      nodeTypes={NODE_TYPES}
      defaultViewport={lookAt(layout, down, place)}
      minZoom={0.08}
      maxZoom={1.5}
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
        <Lines layout={layout} down={down} selected={selected} />
      </ViewportPortal>
      <Follow selected={selected} layout={layout} down={down} place={place} />
      <ZoomButtons />
    </ReactFlow>
  );
}

/** Where to look first: at the whole graph where that can be read, else where it begins. */
function lookAt(layout: GraphLayout, down: boolean, place: Extent): Viewport {
  if (zoomToFit(layout, place) < FIT.minZoom) return beginningOf(layout, down, place);
  const { width, height } = layout;
  const { minZoom, maxZoom, padding } = FIT;
  const bounds = { x: 0, y: 0, width, height };
  return getViewportForBounds(bounds, place.width, place.height, minZoom, maxZoom, padding);
}

function beginningOf(layout: GraphLayout, down: boolean, place: Extent) {
  const zoom = FIT.minZoom;
  const first = [...layout.nodes.values()].filter((point) => (down ? point.y : point.x) === 0);
  const across = first.map((point) => (down ? point.x : point.y));
  const size = down ? SIZE.width : SIZE.height;
  const middle = ((Math.min(...across) + Math.max(...across) + size) / 2) * zoom;
  const edge = 24;
  return down
    ? { x: place.width / 2 - middle, y: edge, zoom }
    : { x: edge, y: place.height / 2 - middle, zoom };
}

/** Keeps the selected stage in view, and looks anew at a graph that has another shape. */
function Follow({
  selected,
  layout,
  down,
  place,
}: {
  selected: string | undefined;
  layout: GraphLayout;
  down: boolean;
  place: Extent;
}) {
  const flow = useReactFlow();
  const seen = useRef({ layout, place });
  useEffect(() => {
    if (seen.current.layout === layout && seen.current.place === place) return;
    seen.current = { layout, place };
    void flow.setViewport(lookAt(layout, down, place));
  }, [flow, layout, down, place]);
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
  }, [flow, selected, layout]);
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
        onClick={() => void flow.fitView({ padding: 0.08, maxZoom: 1 })}
        className="rounded-none"
      >
        <Maximize />
      </IconButton>
    </div>
  );
}
