// Which rows of a long table are drawn: those in sight, some around them, and the
// one that has the focus, which would be lost with it.

import { type RefObject, useLayoutEffect, useState } from "react";

import { useMedia } from "./use-media";

/** Drawn beyond what is in sight; also by how many rows the window moves on at once. */
const OVERSCAN = 12;

export interface RowWindow {
  first: number;
  last: number;
}

/** The rows to draw where so much of a table is in sight, in steps of some rows. */
export function windowOf(scrolled: number, seen: number, rowPx: number): RowWindow {
  const step = (row: number) => Math.floor(row / OVERSCAN) * OVERSCAN;
  const first = step(Math.floor(scrolled / rowPx) - OVERSCAN);
  const last = step(Math.ceil((scrolled + seen) / rowPx) + 2 * OVERSCAN);
  return { first: Math.max(0, first), last };
}

/** How far to scroll so that a row is in sight, below a head that stays there. */
export function scrollToShow(
  row: number,
  rowPx: number,
  headPx: number,
  { scrollTop, clientHeight }: Pick<HTMLElement, "scrollTop" | "clientHeight">,
): number {
  const top = row * rowPx;
  const room = clientHeight - headPx;
  if (top < scrollTop) return top;
  return top + rowPx > scrollTop + room ? Math.max(0, top + rowPx - room) : scrollTop;
}

/** Rows of one height in an element that scrolls, below a head of another. */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  { count, rowPx, headPx }: { count: number; rowPx: number; headPx: number },
) {
  const [{ first, last }, setWindow] = useState(() => windowOf(0, 0, rowPx));
  // On paper there is nothing to scroll.
  const whole = useMedia("print");
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      const next = windowOf(element.scrollTop, element.clientHeight, rowPx);
      setWindow((now) => (now.first === next.first && now.last === next.last ? now : next));
    };
    // It looks at once, too: before anything is drawn.
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller, rowPx]);
  const reveal = (row: number) => {
    const element = scroller.current;
    element?.scrollTo({ top: scrollToShow(row, rowPx, headPx, element) });
  };
  return {
    first: whole ? 0 : Math.min(first, Math.max(0, count - 1)),
    last: whole ? count - 1 : Math.min(last, count - 1),
    reveal,
  };
}
