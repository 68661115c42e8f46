// What somebody has marked in a log, by the numbers of its lines: only few of them
// are drawn at a time, and the browser copies no others.

import { type RefObject, useEffect, useState } from "react";

/** A place in a line: its index, and how many characters stand before. */
interface Place {
  index: number;
  offset: number;
}

export interface Marked {
  from: Place;
  to: Place;
}

/** What is marked in the log; null when that is nothing, or not only lines of it. */
export function useMarked(scroller: RefObject<HTMLElement | null>): Marked | null {
  const [marked, setMarked] = useState<Marked | null>(null);
  useEffect(() => {
    const look = () => {
      const next = markedIn(scroller.current);
      setMarked((before) => (isSame(before, next) ? before : next));
    };
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, [scroller]);
  return marked;
}

function markedIn(log: HTMLElement | null): Marked | null {
  const selection = document.getSelection();
  if (log === null || selection === null || selection.isCollapsed) return null;
  const anchor = placeOf(log, selection.anchorNode, selection.anchorOffset);
  const focus = placeOf(log, selection.focusNode, selection.focusOffset);
  if (anchor === null || focus === null) return null;
  return isBefore(anchor, focus) ? { from: anchor, to: focus } : { from: focus, to: anchor };
}

function placeOf(log: HTMLElement, node: Node | null, offset: number): Place | null {
  const element = node instanceof Element ? node : node?.parentElement;
  const row = element?.closest<HTMLElement>("[data-index]");
  if (!node || !row || !log.contains(row)) return null;
  const index = Number(row.dataset["index"]);
  const message = row.querySelector("[data-message]");
  if (message === null) return { index, offset: 0 };
  const before = document.createRange();
  before.selectNodeContents(message);
  // What stands before the words, such as the number, is before the first of them.
  if (before.comparePoint(node, offset) < 0) return { index, offset: 0 };
  if (before.comparePoint(node, offset) === 0) before.setEnd(node, offset);
  return { index, offset: before.toString().length };
}

function isBefore(a: Place, b: Place): boolean {
  return a.index === b.index ? a.offset <= b.offset : a.index < b.index;
}

function isSame(a: Marked | null, b: Marked | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    [a.from.index, a.from.offset, a.to.index, a.to.offset].join() ===
    [b.from.index, b.from.offset, b.to.index, b.to.offset].join()
  );
}

/** Of some lines in order, what is marked: all of them but the edges. */
export function markedText({ from, to }: Marked, lines: readonly string[]): string {
  const last = to.index - from.index;
  return lines
    .map((line, at) => (at === last ? line.slice(0, to.offset) : line))
    .map((line, at) => (at === 0 ? line.slice(from.offset) : line))
    .join("\n");
}
