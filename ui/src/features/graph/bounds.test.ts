import { expect, it } from "vitest";

import { within } from "./bounds";

const PLACE = { width: 1_000, height: 600 };

it.each([
  ["inside", { x: -500, y: -300 }, { x: -500, y: -300 }],
  ["before the beginning", { x: 900, y: 500 }, { x: 64, y: 64 }],
  ["past the end", { x: -9_000, y: -9_000 }, { x: 1_000 - 5_064, y: 600 - 2_064 }],
])("keeps a look near a large graph: %s", (_where, from, to) => {
  const graph = { width: 5_000, height: 2_000 };
  expect(within({ ...from, zoom: 1 }, graph, PLACE)).toEqual({ ...to, zoom: 1 });
});

it("has a small graph in the middle, however near it is", () => {
  const graph = { width: 200, height: 100 };
  expect(within({ x: 0, y: 0, zoom: 1 }, graph, PLACE)).toEqual({ x: 400, y: 250, zoom: 1 });
  expect(within({ x: 0, y: 0, zoom: 0.5 }, graph, PLACE)).toEqual({ x: 450, y: 275, zoom: 0.5 });
});
