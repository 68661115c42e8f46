import { expect, it } from "vitest";

import type { LogLine } from "./live";
import { readWholeLog } from "./log-file";

const lineOf = (seq: number): LogLine => ({
  seq,
  at: "2026-01-01T09:00:00Z",
  stage_id: "draft",
  dispatch: 1,
  stream: "stdout",
  message: `\u001b[31mline ${seq}\u001b[0m`,
});

it("reads a log to its end, each line once, without colours", async () => {
  const asked: unknown[] = [];
  const pieces = await readWholeLog(({ after = 0, limit = 0 }) => {
    asked.push(after);
    const length = Math.min(limit, 20_003 - after);
    return Promise.resolve(Array.from({ length }, (_, index) => lineOf(after + index + 1)));
  });
  expect(asked).toEqual([0, 10_000, 20_000]);
  const lines = pieces.join("").split("\n");
  expect(lines).toHaveLength(20_004);
  expect(lines[0]).toBe("2026-01-01T09:00:00Z draft line 1");
  expect(lines.at(-2)).toBe("2026-01-01T09:00:00Z draft line 20003");
});

it("ends also where the last piece is full, or there is nothing", async () => {
  expect(await readWholeLog(() => Promise.resolve([]))).toEqual([""]);
});
