import { memo, useMemo } from "react";

import type { GraphLayout, Point } from "@/model/dag-layout";
import { type StepStatus, STATUSES, type Tone } from "@/model/status";

type Edge = GraphLayout["edges"][number];

/** Where the stages stand that have begun; of a workflow there are none. */
export type Begun = ReadonlyMap<string, StepStatus>;

/** More lines than this do not move: each step of the dash is drawn anew. */
const MOVING_MAX = 40;

/** A line through the points of the layout: level beside stages, curved between layers. */
export function pathThrough(points: readonly Point[], down = false): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  let last = first;
  for (const point of rest) {
    const [x, y] = [(last.x + point.x) / 2, (last.y + point.y) / 2];
    const straight = down ? last.x === point.x : last.y === point.y;
    const bend = down
      ? `C${last.x} ${y} ${point.x} ${y} ${point.x} ${point.y}`
      : `C${x} ${last.y} ${x} ${point.y} ${point.x} ${point.y}`;
    path += straight ? `L${point.x} ${point.y}` : bend;
    last = point;
  }
  return path;
}

/** The lines that leave the same layer as one path: few enough, and the browser skips what is out of sight. */
export function pathsByLayer(edges: readonly Edge[], down: boolean): string[] {
  const paths = new Map<number, string>();
  for (const { points } of edges) {
    const layer = (down ? points[0]?.y : points[0]?.x) ?? 0;
    paths.set(layer, (paths.get(layer) ?? "") + pathThrough(points, down));
  }
  return [...paths.values()];
}

interface Passed {
  /** By the tone of where they lead. */
  tones: Map<Tone, Edge[]>;
  /** They lead to somebody who works. */
  moving: Edge[];
}

/** The lines by which a run came to where it is. */
export function passedBy(begun: Begun, edges: readonly Edge[]): Passed {
  const passed: Passed = { tones: new Map(), moving: [] };
  for (const edge of edges) {
    const status = begun.get(edge.to);
    if (status === undefined || !begun.has(edge.from)) continue;
    if (status === "running") passed.moving.push(edge);
    const { tone } = STATUSES[status];
    const same = passed.tones.get(tone);
    if (same) same.push(edge);
    else passed.tones.set(tone, [edge]);
  }
  return passed;
}

/**
 * What depends on what. Drawn by itself: an edge of the library is an element
 * that listens to every move of the picture, and there are many.
 */
export const Lines = memo(function Lines({
  layout,
  down,
  selected,
  begun,
}: {
  layout: GraphLayout;
  /** The graph goes from top to bottom. */
  down: boolean;
  selected: string | undefined;
  begun: Begun;
}) {
  const { edges, width, height } = layout;
  const paths = useMemo(() => pathsByLayer(edges, down), [edges, down]);
  const passed = useMemo(() => passedBy(begun, edges), [begun, edges]);
  const touched = useMemo(
    () =>
      edges
        .filter(({ from, to }) => from === selected || to === selected)
        .map(({ points }) => pathThrough(points, down))
        .join(""),
    [edges, down, selected],
  );
  return (
    <svg
      aria-hidden="true"
      width={width}
      height={height}
      className="pointer-events-none absolute top-0 left-0 -z-1 overflow-visible fill-none"
    >
      <g className="stroke-line-strong" strokeWidth={1.5}>
        {paths.map((path) => (
          <path key={path} d={path} />
        ))}
      </g>
      <Way tones={passed.tones} down={down} />
      {touched !== "" && <path d={touched} className="stroke-focus" strokeWidth={2} />}
      {passed.moving.length <= MOVING_MAX && (
        <g className="line-moves" strokeWidth={2}>
          {pathsByLayer(passed.moving, down).map((path) => (
            <path key={path} d={path} />
          ))}
        </g>
      )}
    </svg>
  );
});

/** How far a run is, over the lines of what there is to do. */
const Way = memo(function Way({ tones, down }: { tones: Passed["tones"]; down: boolean }) {
  return [...tones].map(([tone, edges]) => (
    <g key={tone} data-tone={tone} className="stroke-tone-solid" strokeWidth={1.5}>
      {pathsByLayer(edges, down).map((path) => (
        <path key={path} d={path} />
      ))}
    </g>
  ));
});
