import { describe, expect, it } from "vitest";

import { makeScale, marksOf } from "./time-scale";

const MINUTE = 60_000;

describe("makeScale", () => {
  it("is even while something works", () => {
    const { at, pieces } = makeScale([{ from: 0, to: 100 }], { from: 0, to: 100 });
    expect(pieces).toHaveLength(1);
    expect([at(0), at(25), at(100), at(500), at(-5)]).toEqual([0, 0.25, 1, 1, 0]);
  });

  it("folds a night in which nothing works, and keeps short gaps", () => {
    const night = 600 * MINUTE;
    const busy = [
      { from: 0, to: 10 * MINUTE },
      { from: 11 * MINUTE, to: 20 * MINUTE },
      { from: 20 * MINUTE + night, to: 30 * MINUTE + night },
    ];
    const { pieces, at } = makeScale(busy, { from: 0, to: 30 * MINUTE + night });
    expect(pieces.map(({ folded }) => folded)).toEqual([false, false, false, true, false]);
    expect(at(20 * MINUTE + night) - at(20 * MINUTE)).toBeCloseTo(0.045);
    expect(at(30 * MINUTE + night)).toBeCloseTo(1);
    expect(at(10 * MINUTE)).toBeGreaterThan(0.25);
  });

  it("leaves room for the work between many folds", () => {
    const busy = Array.from({ length: 30 }, (_, day) => ({
      from: day * 1_000 * MINUTE,
      to: day * 1_000 * MINUTE + MINUTE,
    }));
    const { pieces } = makeScale(busy, { from: 0, to: 29_001 * MINUTE });
    const folds = pieces.filter(({ folded }) => folded);
    expect(folds).toHaveLength(29);
    const taken = folds.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(taken).toBeCloseTo(0.35);
  });

  it("joins what overlaps and cuts what lies outside", () => {
    const busy = [
      { from: -50, to: 40 },
      { from: 20, to: 60 },
      { from: 500, to: 600 },
    ];
    const { pieces } = makeScale(busy, { from: 0, to: 100 });
    expect(pieces.map(({ from, to }) => [from, to])).toEqual([
      [0, 60],
      [60, 100],
    ]);
  });

  it("has a line even where nothing has begun", () => {
    const { at, pieces } = makeScale([], { from: 0, to: 10 });
    expect(pieces).toHaveLength(1);
    expect(at(5)).toBe(0.5);
  });
});

describe("marksOf", () => {
  it("are round times since the beginning", () => {
    const scale = makeScale([{ from: 1_000, to: 13_000 }], { from: 1_000, to: 13_000 });
    expect(marksOf(scale).map(({ time }) => (time - 1_000) / 1_000)).toEqual([
      0, 2, 4, 6, 8, 10, 12,
    ]);
    expect(marksOf(makeScale([], { from: 0, to: 0 })).length).toBeLessThanOrEqual(1);
  });

  it("keep away from the words of a fold", () => {
    const scale = makeScale(
      [
        { from: 0, to: 10_000 },
        { from: 500_000, to: 510_000 },
      ],
      { from: 0, to: 510_000 },
    );
    const fold = scale.pieces.find(({ folded }) => folded);
    const middle = ((fold?.start ?? 0) + (fold?.end ?? 0)) / 2;
    for (const { at } of marksOf(scale)) expect(Math.abs(at - middle)).toBeGreaterThan(0.05);
  });
});
