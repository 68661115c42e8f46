import { BaseEdge, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";

import type { Point } from "@/model/dag-layout";

export interface BendEdgeData extends Record<string, unknown> {
  points: readonly Point[];
  /** It begins or ends at the selected stage. */
  touched: boolean;
  /** The graph goes from top to bottom. */
  down: boolean;
}

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

export const BendEdge = memo(function BendEdge({
  id,
  data,
}: EdgeProps<Edge<BendEdgeData, "bend">>) {
  if (!data) return null;
  return (
    <BaseEdge
      id={id}
      path={pathThrough(data.points, data.down)}
      style={{
        stroke: data.touched ? "var(--focus)" : "var(--line-strong)",
        strokeWidth: data.touched ? 2 : 1.5,
      }}
    />
  );
});
