import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { type Controls, SETTLED_MS, useSettledPress } from "./settled-press";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

it("ignores what is pressed where another control stood a moment ago", () => {
  const { result, rerender } = renderHook((controls: Controls) => useSettledPress(controls), {
    initialProps: { hold: "pause", end: "cancel" },
  });
  const done = vi.fn<(place: string) => void>();
  const press = (place: string) => act(() => result.current(place, () => done(place)));
  press("hold");
  expect(done).toHaveBeenCalledTimes(1);
  // The second press of a double click, before and after the control is another one.
  press("hold");
  rerender({ hold: "resume", end: "cancel" });
  press("hold");
  expect(done).toHaveBeenCalledTimes(1);
  // What stands where it stood is as it was.
  press("end");
  expect(done).toHaveBeenLastCalledWith("end");
  vi.advanceTimersByTime(SETTLED_MS - 1);
  press("hold");
  expect(done).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1);
  rerender({ hold: "resume", end: "cancel" });
  press("hold");
  expect(done).toHaveBeenCalledTimes(3);
});
