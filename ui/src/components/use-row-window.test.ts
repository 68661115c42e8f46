import { describe, expect, it } from "vitest";

import { scrollToShow, windowOf } from "./use-row-window";

describe("windowOf", () => {
  it("has what is in sight and some rows around it, at every place", () => {
    for (let scrolled = 0; scrolled < 40_000; scrolled += 17) {
      const { first, last } = windowOf(scrolled, 600, 36);
      expect(first).toBeLessThanOrEqual(Math.max(0, scrolled / 36 - 12));
      expect(last).toBeGreaterThanOrEqual((scrolled + 600) / 36 + 12);
      expect(last - first).toBeLessThan(100);
    }
  });

  it("stays the same for a few rows, so that little scrolling draws nothing", () => {
    expect(windowOf(36 * 25, 600, 36)).toEqual(windowOf(36 * 26, 600, 36));
  });
});

describe("scrollToShow", () => {
  const place = (scrollTop: number) => ({ scrollTop, clientHeight: 392 });
  it.each([
    ["in sight", 5, 100, 100],
    ["above", 1, 100, 36],
    ["behind the head", 2, 73, 72],
    ["below", 40, 100, 41 * 36 - 360],
    ["the last that fits", 9, 0, 0],
    ["the first that does not", 10, 0, 36],
  ])("goes as far as it takes to a row that is %s", (_where, row, from, to) => {
    expect(scrollToShow(row, 36, 32, place(from))).toBe(to);
  });
});
