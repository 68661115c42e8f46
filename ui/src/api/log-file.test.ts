import { expect, it } from "vitest";

import type { LogLine } from "./live";
import { readWholeLog } from "./log-file";
import type { FetchLines } from "./logs";

const lineOf = (seq: number): LogLine => ({
  seq,
  at: "2026-01-01T09:00:00Z",
  stage_id: "draft",
  dispatch: 1,
  stream: "stdout",
  message: `\u001b[31mline ${seq}\u001b[0m`,
});

/** So many lines, between which the numbers of other lines are left out. */
function logOf(count: number) {
  const all = Array.from({ length: count }, (_, index) => lineOf(3 * (index + 1)));
  const asked: unknown[] = [];
  const fetchLines: FetchLines = ({ after = 0, limit = 0 }) => {
    asked.push(after);
    const from = after / 3;
    return Promise.resolve(all.slice(from, from + limit));
  };
  return { asked, fetchLines };
}

it("reads a log to its end, each line once, without colours", async () => {
  const { asked, fetchLines } = logOf(20_003);
  const pieces = await readWholeLog(fetchLines);
  expect(asked).toEqual([0, 30_000, 60_000]);
  const lines = pieces.join("").split("\n");
  expect(lines).toHaveLength(20_004);
  expect(lines[0]).toBe("2026-01-01T09:00:00Z draft line 3");
  expect(lines.at(-2)).toBe("2026-01-01T09:00:00Z draft line 60009");
});

it("ends also where the last piece is full, or there is nothing", async () => {
  const full = await readWholeLog(logOf(10_000).fetchLines);
  expect(full.join("").split("\n")).toHaveLength(10_001);
  expect(await readWholeLog(logOf(0).fetchLines)).toEqual([""]);
});
