// How far somebody can go: to where the graph ends, and a little further.

import type { CoordinateExtent, Viewport } from "@xyflow/react";

import type { Extent } from "@/model/dag-layout";

/** Beyond the outermost stages, so that nothing hides them. */
const BEYOND = 64;

/** What the library keeps everybody in. */
export function extentOf({ width, height }: Extent): CoordinateExtent {
  return [
    [-BEYOND, -BEYOND],
    [width + BEYOND, height + BEYOND],
  ];
}

/** The same look from as near as the extent allows; what is smaller than its place is in the middle. */
export function within({ x, y, zoom }: Viewport, graph: Extent, place: Extent): Viewport {
  return {
    x: alongOne(x, zoom, graph.width, place.width),
    y: alongOne(y, zoom, graph.height, place.height),
    zoom,
  };
}

function alongOne(offset: number, zoom: number, graph: number, place: number): number {
  const least = place - (graph + BEYOND) * zoom;
  const most = BEYOND * zoom;
  if (least > most) return (least + most) / 2;
  return Math.min(most, Math.max(least, offset));
}
