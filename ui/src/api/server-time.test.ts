import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { client } from "./client";
import { learnTime, serverNow } from "./server-time";

const NOW = Date.parse("2026-03-05T12:00:00Z");
const HOUR = 3_600_000;

const at = (time: number) => new Headers({ Date: new Date(time).toUTCString() });

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  learnTime(at(Date.now()), Date.now());
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("goes by the clock of the server when this one is wrong, with each answer", async () => {
  const say = (time: number) =>
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({}, { headers: at(time) })));
  say(NOW - 2 * HOUR);
  await client.GET("/api/v1/projects");
  expect(Math.abs(serverNow() - (NOW - 2 * HOUR))).toBeLessThan(1_000);
  vi.advanceTimersByTime(60_000);
  expect(Math.abs(serverNow() - (NOW - 2 * HOUR + 60_000))).toBeLessThan(1_000);
  // Somebody has set it right.
  say(NOW + 60_000);
  await client.GET("/api/v1/projects");
  expect(serverNow()).toBe(NOW + 60_000);
});

it.each([
  ["is a second off", at(NOW - 1_400), NOW],
  ["says nothing", new Headers(), NOW],
  ["says no time", new Headers({ Date: "soon" }), NOW],
  ["came while the machine slept", at(NOW - HOUR), NOW - HOUR],
  ["came before it was asked for", at(NOW + HOUR), NOW + HOUR],
])("keeps its own time when an answer %s", (_what, headers, asked) => {
  learnTime(headers, asked);
  expect(serverNow()).toBe(NOW);
});

it("does not tremble", () => {
  learnTime(at(NOW + HOUR), NOW);
  const before = serverNow();
  learnTime(at(NOW + HOUR + 1_000), NOW);
  expect(serverNow()).toBe(before);
});
