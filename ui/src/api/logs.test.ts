import { describe, expect, it, vi } from "vitest";

import type { LogLine } from "./live";
import { createPagedLog, createWholeLog, type FetchLines } from "./logs";

function line(seq: number): LogLine {
  return {
    seq,
    stage_id: "a",
    dispatch: 1,
    at: "2026-01-01T10:00:00Z",
    stream: "stderr",
    message: `line ${seq}${seq % 1_000 === 0 ? " \u001b[31mround\u001b[0m" : ""}`,
  };
}

/** A log of so many lines, as the server gives it. */
function logOf(count: () => number): FetchLines {
  return ({ after = 0, limit = 1_000, tail }) => {
    const first = tail === true ? Math.max(1, count() - limit + 1) : after + 1;
    const last = Math.min(count(), first + limit - 1);
    const length = Math.max(0, last - first + 1);
    return Promise.resolve(Array.from({ length }, (_, index) => line(first + index)));
  };
}

describe("a log that is kept as a whole", () => {
  it("is read to its end, and takes what comes meanwhile once", async () => {
    const log = createWholeLog(logOf(() => 7_003));
    log.add(line(7_003));
    log.add(line(7_004));
    await log.load();
    expect(log.source.count()).toBe(7_004);
    expect(log.source.loading()).toBe(false);
    log.add(line(7_004));
    log.add(line(7_005));
    expect(log.source.line(7_004)?.seq).toBe(7_005);
    expect(log.source.indexOf(7_000)).toBe(6_999);
    const { hits, next } = await log.source.scan("round", 0);
    expect([hits, next]).toEqual([[999, 1_999, 2_999, 3_999, 4_999, 5_999, 6_999], 7_005]);
  });

  it("tells what went wrong, and loads again", async () => {
    let away = true;
    const fetchLines: FetchLines = (range) =>
      away ? Promise.reject(new Error("away")) : logOf(() => 3)(range);
    const log = createWholeLog(fetchLines);
    await log.load();
    expect(log.source.error()).toEqual(new Error("away"));
    away = false;
    await log.load();
    expect([log.source.count(), log.source.error()]).toEqual([3, null]);
  });
});

describe("a log of any length", () => {
  it("fetches only what is looked at, and forgets the rest", async () => {
    const fetchLines = vi.fn(logOf(() => 900_000));
    const log = createPagedLog(fetchLines);
    await log.load();
    expect(log.source.count()).toBe(900_000);
    expect(log.source.line(450_123)).toBeUndefined();
    log.source.want(450_100, 450_140);
    log.source.want(450_100, 450_140);
    await vi.waitFor(() => expect(log.source.line(450_123)?.seq).toBe(450_124));
    expect(fetchLines).toHaveBeenCalledTimes(2);
    for (let page = 0; page < 70; page += 1) log.source.want(page * 500, page * 500);
    await vi.waitFor(() => expect(log.source.line(69 * 500)?.seq).toBe(69 * 500 + 1));
    expect(log.source.line(450_123)).toBeUndefined();
    expect(log.source.indexOf(12)).toBe(11);
  });

  it("grows with what comes", async () => {
    let count = 499;
    const log = createPagedLog(logOf(() => count));
    await log.load();
    log.source.want(490, 498);
    await vi.waitFor(() => expect(log.source.line(498)?.seq).toBe(499));
    count = 502;
    for (const seq of [500, 501, 502]) log.add(line(seq));
    expect(log.source.line(499)?.seq).toBe(500);
    expect(log.source.count()).toBe(502);
    log.source.want(495, 501);
    await vi.waitFor(() => expect(log.source.line(501)?.seq).toBe(502));
  });

  it("is searched in gulps, wherever it is", async () => {
    const log = createPagedLog(logOf(() => 12_500));
    await log.load();
    const first = await log.source.scan("round", 0);
    expect([first.hits.length, first.next]).toEqual([10, 10_000]);
    const second = await log.source.scan("round", first.next);
    expect([second.hits, second.next]).toEqual([[10_999, 11_999], 12_500]);
  });

  it("tries a page again that could not be fetched", async () => {
    vi.useFakeTimers();
    let away = false;
    const fetchLines: FetchLines = (range) =>
      away ? Promise.reject(new Error("away")) : logOf(() => 600)(range);
    const log = createPagedLog(fetchLines);
    await log.load();
    away = true;
    log.source.want(0, 10);
    await vi.advanceTimersByTimeAsync(0);
    expect(log.source.error()).toEqual(new Error("away"));
    away = false;
    await vi.advanceTimersByTimeAsync(2_100);
    log.source.want(0, 10);
    await vi.advanceTimersByTimeAsync(0);
    expect(log.source.line(3)?.seq).toBe(4);
    vi.useRealTimers();
  });
});
