// Which lines are in sight. A log that is not wrapped has lines of one height,
// so any number of them costs nothing; a wrapped one is measured as it is seen.

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useState } from "react";

export const LINE_PX = 20;
/** Above the first line and below the last. */
const EDGE_PX = 6;
/** Browsers draw nothing below some 17 million pixels. */
const HEIGHT_PX_MAX = 12_000_000;
const OVERSCAN = 12;

export interface Row {
  index: number;
  top: number;
}

export type Align = "start" | "center" | "end";

export interface Rows {
  height: number;
  rows: readonly Row[];
  /** The first line that is in sight; none before anything was measured. */
  first: number | undefined;
  scrollTo: (index: number, align: Align) => void;
  /** Tells how high a line is, where lines differ. */
  measure?: (element: HTMLElement | null) => void;
}

/**
 * Where lines of one height stand; a log that is too high is passed through faster.
 * Those of `kept` are drawn wherever they are: somebody has marked from there to there.
 */
export function fixedRows(
  count: number,
  scrolled: number,
  seen: number,
  kept: readonly number[] = [],
) {
  const whole = count * LINE_PX;
  const height = Math.min(whole, HEIGHT_PX_MAX);
  const pace = height > seen ? (whole - seen) / (height - seen) : 1;
  const offset = scrolled * pace;
  const first = Math.max(0, Math.floor(offset / LINE_PX) - OVERSCAN);
  const last = Math.min(count - 1, Math.ceil((offset + seen) / LINE_PX) + OVERSCAN);
  const rows = withKept(range(first, last), kept, count).map((index): Row => {
    const top = scrolled + index * LINE_PX - offset;
    // A line far below must not make the log any higher.
    return { index, top: index > last ? Math.min(height - LINE_PX, top) : top };
  });
  return { height, rows, pace, first: Math.floor(offset / LINE_PX) };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

/** In their order, so that what is marked goes from the first to the last. */
function withKept(drawn: readonly number[], kept: readonly number[], count: number): number[] {
  const more = kept.filter((index) => index < count);
  return [...new Set([...drawn, ...more])].sort((a, b) => a - b);
}

export function useFixedRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  kept: readonly number[],
): Rows {
  const [view, setView] = useState({ top: 0, height: 0 });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller]);
  const { height, rows, pace, first } = fixedRows(count, view.top, view.height, kept);
  const scrollTo = (index: number, align: Align) => {
    const element = scroller.current;
    if (element === null) return;
    const top = index * LINE_PX;
    const tops: Record<Align, number> = {
      start: top,
      center: top + EDGE_PX - (element.clientHeight - LINE_PX) / 2,
      end: top + 2 * EDGE_PX + LINE_PX - element.clientHeight,
    };
    // The end of a log that is too high is that of what is drawn of it.
    if (align === "end" && index === count - 1) element.scrollTo({ top: element.scrollHeight });
    else element.scrollTo({ top: tops[align] / pace });
  };
  return { height, rows, scrollTo, first: view.height === 0 ? undefined : first };
}

export function useWrappedRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  kept: readonly number[],
): Rows {
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: OVERSCAN,
    rangeExtractor: (seen) => withKept(defaultRangeExtractor(seen), kept, count),
    scrollPaddingStart: EDGE_PX,
    scrollPaddingEnd: 2 * EDGE_PX,
  });
  return {
    height: virtual.getTotalSize(),
    rows: virtual.getVirtualItems().map(({ index, start }) => ({ index, top: start })),
    first: virtual.range?.startIndex,
    scrollTo: (index, align) => virtual.scrollToIndex(index, { align }),
    measure: virtual.measureElement,
  };
}
