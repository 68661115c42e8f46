import { describe, expect, it } from "vitest";

import { ago, duration, exactly } from "./time";

const NOW = Date.parse("2026-03-05T12:00:00Z");

describe("duration", () => {
  it.each([
    [-1, "0 s"],
    [0.4804, "480 ms"],
    [4.29, "4.2 s"],
    [59.9, "59 s"],
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
  ])("%d ms away is %s", (distance, words) => {
    expect(ago(NOW + distance, NOW)).toBe(words);
  });

  it("names the date of what is long ago, with its year when it is another", () => {
    expect(ago(Date.parse("2026-01-15T12:00:00Z"), NOW)).not.toMatch(/2026|ago/);
    expect(ago(Date.parse("2024-01-15T12:00:00Z"), NOW)).toMatch(/2024/);
  });
});

describe("exactly", () => {
  it("says the time in UTC, too", () => {
    expect(exactly(NOW)).toContain("2026-03-05 12:00:00 UTC");
  });
});
