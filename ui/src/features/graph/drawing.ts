// Where the stages of a graph are in their place, how large, and what is seen of them first.

import { getViewportForBounds, type Viewport } from "@xyflow/react";
import { useMemo } from "react";

import {
  arrange,
  type Arrangement,
  type Extent,
  type GraphLayout,
  placeAcross,
  placeDown,
  type Size,
  zoomToFit,
} from "@/model/dag-layout";

import { within } from "./bounds";
import type { GraphStage } from "./stage-node";

const NARROW: Size = { width: 216, height: 64, gapX: 56, gapY: 20 };
/** For names that need it, where the whole width of a graph is seen even so. */
const WIDE: Size = { ...NARROW, width: 248 };
const GAPS_DOWN = { gapX: 36, gapY: 24 };
/** Smaller than this nobody likes to read it; the rest is a matter of moving around. */
const FIT = { padding: 0.08, maxZoom: 1, minZoom: 0.9 };
/** More stages than this are drawn only where somebody looks. */
export const FEW = 150;

/** Where everything is, how large a stage is there, and whether it goes downwards. */
export interface Drawing {
  layout: GraphLayout;
  size: Size;
  down: boolean;
}

/** The same while a run goes on. */
export function useDrawing(stages: readonly GraphStage[], { width, height }: Extent): Drawing {
  const shape = shapeOf(stages);
  return useMemo(() => {
    const pairs = JSON.parse(shape) as [string, string[]][];
    const order = arrange(pairs.map(([id, dependsOn]) => ({ id, dependsOn })));
    const place = { width, height };
    // So many are wider than any place, and each drawing of them takes its time.
    if (pairs.length > FEW) return draw(order, NARROW, place);
    const wide = draw(order, WIDE, place);
    const fits = wide.layout.width * FIT.minZoom <= width;
    return fits ? wide : draw(order, NARROW, place);
  }, [shape, width, height]);
}

/** From left to right, or downwards where everything is larger that way. */
function draw(order: Arrangement, size: Size, { width, height }: Extent): Drawing {
  const across = placeAcross(order, size);
  const inside = { width: width * 0.9, height: height * 0.9 };
  if (zoomToFit(across, inside) > FIT.minZoom) return { layout: across, size, down: false };
  const downwards = placeDown(order, { ...size, ...GAPS_DOWN });
  const down = zoomToFit(downwards, inside) > zoomToFit(across, inside) * 1.1;
  return { layout: down ? downwards : across, size, down };
}

/** What decides where things are. */
function shapeOf(stages: readonly GraphStage[]): string {
  return JSON.stringify(stages.map(({ id, dependsOn }) => [id, dependsOn]));
}

/** Where to look first: at the whole graph where that can be read, else where it begins. */
export function lookAt(drawing: Drawing, place: Extent): Viewport {
  const { layout } = drawing;
  if (zoomToFit(layout, place) < FIT.minZoom) {
    return within(beginningOf(drawing, place), layout, place);
  }
  const { width, height } = layout;
  const { minZoom, maxZoom, padding } = FIT;
  const bounds = { x: 0, y: 0, width, height };
  return getViewportForBounds(bounds, place.width, place.height, minZoom, maxZoom, padding);
}

function beginningOf({ layout, size: stage, down }: Drawing, place: Extent) {
  const zoom = FIT.minZoom;
  const first = [...layout.nodes.values()].filter((point) => (down ? point.y : point.x) === 0);
  const across = first.map((point) => (down ? point.x : point.y));
  const size = down ? stage.width : stage.height;
  const middle = ((Math.min(...across) + Math.max(...across) + size) / 2) * zoom;
  const edge = 24;
  return down
    ? { x: place.width / 2 - middle, y: edge, zoom }
    : { x: edge, y: place.height / 2 - middle, zoom };
}
