import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

configure({ asyncUtilTimeout: 5_000 });

// What jsdom does not have.
class Observer {
  private readonly seen: (entries: { isIntersecting: boolean }[]) => void;
  constructor(seen: (entries: { isIntersecting: boolean }[]) => void) {
    this.seen = seen;
  }
  observe() {
    queueMicrotask(() => this.seen([{ isIntersecting: true }]));
  }
  unobserve() {
    // Nothing is observed for long.
  }
  disconnect() {
    // Nothing is observed for long.
  }
}
/** Nothing has a size there, so it never changes. */
class StillObserver extends Observer {
  override observe() {
    // Nothing ever happens.
  }
}
Object.assign(globalThis, { IntersectionObserver: Observer, ResizeObserver: StillObserver });
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.hasPointerCapture = () => false;
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
// Nothing is narrow, nobody minds motion.
window.matchMedia = (media) => Object.assign(new EventTarget(), { matches: false, media }) as never;
// The editor takes jsdom for a Safari, and asks it where its selection is.
Object.assign(document, { execCommand: () => false });
window.scrollTo = () => undefined;
Element.prototype.scrollTo = () => undefined;
HTMLElement.prototype.showPopover = () => undefined;

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  sessionStorage.clear();
  localStorage.clear();
});
