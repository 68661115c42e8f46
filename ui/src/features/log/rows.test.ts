import { expect, it } from "vitest";

import { fixedRows, LINE_PX } from "./rows";

it("draws only the lines in sight", () => {
  const { rows, height } = fixedRows(10_000, 100 * LINE_PX, 400);
  expect(height).toBe(10_000 * LINE_PX);
  expect(rows.length).toBeLessThan(60);
  expect(rows.find(({ index }) => index === 100)?.top).toBe(100 * LINE_PX);
});

it("reaches the last of millions of lines, although browsers are not so high", () => {
  const count = 5_000_000;
  const top = fixedRows(count, 0, 400);
  expect(top.height).toBeLessThan(17_000_000);
  const end = fixedRows(count, top.height - 400, 400);
  expect(end.rows.at(-1)?.index).toBe(count - 1);
  expect((end.rows.at(-1)?.top ?? 0) + LINE_PX).toBeCloseTo(top.height);
});

it("has nothing to draw of nothing", () => {
  expect(fixedRows(0, 0, 400).rows).toEqual([]);
  expect(fixedRows(3, 0, 400).rows.map(({ index }) => index)).toEqual([0, 1, 2]);
});

it("draws what is marked wherever that is, and is no higher for it", () => {
  const { rows } = fixedRows(10_000, 100 * LINE_PX, 400, [3, 9_000]);
  expect(rows[0]).toEqual({ index: 3, top: 3 * LINE_PX });
  expect(rows.at(-1)).toEqual({ index: 9_000, top: 9_000 * LINE_PX });
  expect(rows.length).toBeLessThan(62);
  const high = fixedRows(5_000_000, 0, 400, [4_999_000]);
  expect(high.rows.at(-1)?.top).toBe(high.height - LINE_PX);
  expect(fixedRows(10, 0, 400, [12]).rows.map(({ index }) => index)).not.toContain(12);
});
