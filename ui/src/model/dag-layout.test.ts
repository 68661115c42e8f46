import { describe, expect, it } from "vitest";

import {
  arrange,
  type GraphNode,
  placeAcross,
  placeDown,
  type Size,
  zoomToFit,
} from "./dag-layout";

const SIZE: Size = { width: 200, height: 60, gapX: 50, gapY: 20 };
const layOut = (nodes: readonly GraphNode[], size: Size) => placeAcross(arrange(nodes), size);

function graph(edges: Record<string, string[]>): GraphNode[] {
  return Object.entries(edges).map(([id, dependsOn]) => ({ id, dependsOn }));
}

/** Stages of many layers, each with a few dependencies; the seed names the graph. */
function large(count: number, seed: number): GraphNode[] {
  let state = seed;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  return Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    dependsOn:
      index < 10
        ? []
        : Array.from({ length: 1 + next(3) }, () => `s${index - 1 - next(Math.min(index, 40))}`),
  }));
}

describe("the layout", () => {
  it("puts a stage to the right of what it depends on", () => {
    const { nodes } = layOut(graph({ a: [], b: ["a"], c: ["a"], d: ["b", "c"] }), SIZE);
    expect(nodes.get("a")?.x).toBe(0);
    expect(nodes.get("b")?.x).toBe(250);
    expect(nodes.get("c")?.x).toBe(250);
    expect(nodes.get("d")?.x).toBe(500);
  });

  it("puts a stage in the middle of what depends on it", () => {
    const { nodes } = layOut(graph({ a: [], b: ["a"], c: ["a"] }), SIZE);
    const y = (id: string) => nodes.get(id)?.y ?? NaN;
    expect(y("a")).toBe((y("b") + y("c")) / 2);
  });

  it("draws a chain as a straight line", () => {
    const { nodes, height } = layOut(graph({ a: [], b: ["a"], c: ["b"] }), SIZE);
    expect([...nodes.values()].map((point) => point.y)).toEqual([0, 0, 0]);
    expect(height).toBe(60);
  });

  it("leaves out an edge that a longer way says already", () => {
    const { edges } = layOut(graph({ a: [], b: ["a"], c: ["a", "b"] }), SIZE);
    expect(edges.map(({ from, to }) => `${from}>${to}`)).toEqual(["a>b", "b>c"]);
  });

  it("bears with circles and with what is not there", () => {
    const { nodes } = layOut(graph({ a: ["b"], b: ["a", "nobody"] }), SIZE);
    expect(nodes.size).toBe(2);
  });

  it("goes from top to bottom, too", () => {
    const { nodes, width, height } = placeDown(arrange(graph({ a: [], b: ["a"], c: ["a"] })), SIZE);
    expect(nodes.get("a")).toEqual({ x: 110, y: 0 });
    expect(nodes.get("b")).toEqual({ x: 0, y: 110 });
    expect([width, height]).toEqual([420, 170]);
    expect(zoomToFit({ width, height }, { width: 210, height: 900 })).toBe(0.5);
  });

  it("is the same whichever way was looked at before", () => {
    const order = arrange(large(60, 7));
    const across = placeAcross(order, SIZE);
    placeDown(order, SIZE);
    expect(placeAcross(order, SIZE)).toEqual(across);
  });

  it("is empty for nothing", () => {
    expect(layOut([], SIZE)).toEqual({ nodes: new Map(), edges: [], width: 0, height: 0 });
  });

  it("never lets stages overlap, and is quick for 500 of them", () => {
    const seed = 20_260_305;
    const stages = large(500, seed);
    const { nodes } = layOut(stages, SIZE);
    // The best of three: other work on the machine is not what is measured.
    const times = [1, 2, 3].map(() => {
      const began = performance.now();
      layOut(stages, SIZE);
      return performance.now() - began;
    });
    expect(Math.min(...times), `seed ${seed}`).toBeLessThan(300);
    const places = [...nodes.values()].sort((a, b) => a.x - b.x || a.y - b.y);
    for (const [index, { x, y }] of places.entries()) {
      const above = places[index - 1];
      if (above?.x === x) expect(y - above.y, `seed ${seed}`).toBeGreaterThanOrEqual(79);
    }
  });
});
