import { afterEach, expect, it, vi } from "vitest";

import { UNSEEN_MS, untilUnseen, whenSeen } from "./visibility";

function look(hidden: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("gives up after a while out of sight, and not for a glance elsewhere", () => {
  vi.useFakeTimers();
  const { signal, stop } = untilUnseen();
  look(true);
  vi.advanceTimersByTime(UNSEEN_MS / 2);
  look(false);
  vi.advanceTimersByTime(UNSEEN_MS * 2);
  expect(signal.aborted).toBe(false);
  look(true);
  vi.advanceTimersByTime(UNSEEN_MS);
  expect(signal.aborted).toBe(true);
  stop();
});

it("waits until somebody looks, or nobody wants to know", async () => {
  await whenSeen(new AbortController().signal);
  look(true);
  const seen = whenSeen(new AbortController().signal);
  look(false);
  await seen;
  look(true);
  const stop = new AbortController();
  const left = whenSeen(stop.signal);
  stop.abort();
  await left;
});
