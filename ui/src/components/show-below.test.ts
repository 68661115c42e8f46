import { afterEach, expect, it, vi } from "vitest";

import { showBelow } from "./show-below";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

it.each([
  ["where there is little room", false, 1],
  ["not where it stands beside the rest", true, 0],
])("leads to it %s", (_name, wide, times) => {
  const seen = vi.spyOn(Element.prototype, "scrollIntoView");
  vi.stubGlobal("matchMedia", (media: string) => ({
    matches: wide && media.includes("min-width"),
  }));
  vi.stubGlobal("requestAnimationFrame", (then: () => void) => {
    then();
    return 0;
  });
  document.body.innerHTML = '<p id="stage"></p>';
  showBelow("stage");
  expect(seen).toHaveBeenCalledTimes(times);
});
