import { renderHook } from "@testing-library/react";
import { expect, it } from "vitest";

import { useDrawing } from "./drawing";
import type { GraphStage } from "./stage-node";

const stage = (id: string, dependsOn: string[]): GraphStage => ({
  id,
  name: id,
  kind: "agent",
  subtitle: "writer",
  dependsOn,
});
const rows = (count: number) =>
  Array.from({ length: count * 3 }, (_, index) => stage(`s${index}`, [`s${index - 3}`]));
const chain = (count: number) =>
  Array.from({ length: count }, (_, index) => stage(`s${index}`, [`s${index - 1}`]));

const CASES: [string, GraphStage[], number][] = [
  ["is free", chain(3), 248],
  ["is free beside a long way down", chain(40), 248],
  ["holds them only when they are narrow", rows(10), 216],
  ["holds only some of so many", chain(200), 216],
];

it.each(CASES)("draws stages as wide as their place allows: it %s", (_place, stages, width) => {
  const { result } = renderHook(() => useDrawing(stages, { width: 660, height: 500 }));
  expect(result.current.size.width).toBe(width);
  expect(result.current.layout.nodes.size).toBe(stages.length);
});
