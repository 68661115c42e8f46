import { BaseEdge, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";

import type { Point } from "@/model/dag-layout";

export interface BendEdgeData extends Record<string, unknown> {
  points: readonly Point[];
  /** It begins or ends at the selected stage. */
  touched: boolean;
}

/** A line through the points of the layout: level beside stages, curved between layers. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  let last = first;
  for (const point of rest) {
    const middle = (last.x + point.x) / 2;
    path +=
      last.y === point.y
        ? `L${point.x} ${point.y}`
        : `C${middle} ${last.y} ${middle} ${point.y} ${point.x} ${point.y}`;
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
      path={pathThrough(data.points)}
      style={{
        stroke: data.touched ? "var(--focus)" : "var(--line-strong)",
        strokeWidth: data.touched ? 2 : 1.5,
      }}
    />
  );
});
