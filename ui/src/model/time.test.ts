import { describe, expect, it } from "vitest";

import { ago, duration, exactly, timeLeft } from "./time";

const NOW = Date.parse("2026-03-05T12:00:00Z");

describe("duration", () => {
  it.each([
    [-1, "0s"],
    [0.4804, "480ms"],
    [4.29, "4.2s"],
    [59.9, "59s"],
    [60, "1m 00s"],
    [185, "3m 05s"],
    [3600, "1h 00m"],
    [7800, "2h 10m"],
    [273600, "3d 4h"],
  ])("%d is %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});

describe("ago", () => {
  it.each([
    [0, "now"],
    [-30_000, "30s ago"],
    [-90_000, "1m ago"],
    [-7_200_000, "2h ago"],
    [7_200_000, "in 2h"],
    [7_199_000, "in 2h"],
    [3_599_000, "in 1h"],
    [28_790_000, "in 8h"],
  ])("%d ms away is %s", (distance, words) => {
    expect(ago(NOW + distance, NOW)).toBe(words);
  });

  it("names the date of what is long ago, with its year when it is another", () => {
    expect(ago(Date.parse("2026-01-15T12:00:00Z"), NOW)).not.toMatch(/2026|ago/);
    expect(ago(Date.parse("2024-01-15T12:00:00Z"), NOW)).toMatch(/2024/);
  });
});

describe("days", () => {
  const noon = new Date(2026, 10, 21, 12).getTime();
  const midnight = new Date(2026, 10, 21, 0, 5).getTime();
  it.each([
    [new Date(2026, 10, 23, 11).getTime(), noon, "in 2d"],
    [new Date(2026, 10, 22, 23).getTime(), noon, "tomorrow"],
    [new Date(2026, 10, 19, 13).getTime(), noon, "2d ago"],
    [new Date(2026, 10, 20, 0, 1).getTime(), midnight, "yesterday"],
  ])("are those of the calendar", (at, now, words) => {
    expect(ago(at, now)).toBe(words);
  });
});

describe("timeLeft", () => {
  it.each([
    [-1, "overdue"],
    [30_000, "less than a minute left"],
    [20 * 60_000, "20m left"],
    [117 * 60_000, "1h 57m left"],
    [479 * 60_000 + 59_000, "7h 59m left"],
    [(47 * 60 + 59) * 60_000, "1d 23h left"],
  ])("of %d ms is %s", (distance, words) => {
    expect(timeLeft(NOW + distance, NOW)).toBe(words);
  });

  it("names the day when that is not within a week", () => {
    const at = new Date(2026, 2, 17, 14, 30).getTime();
    expect(timeLeft(at, NOW)).toMatch(/^until (?=.*17).*30/);
  });
});

describe("exactly", () => {
  it("says the time in UTC, too", () => {
    expect(exactly(NOW)).toContain("2026-03-05 12:00:00 UTC");
  });
});
