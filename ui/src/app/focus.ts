// Where the focus goes when what has it goes.

import { type RefObject, useLayoutEffect } from "react";

/**
 * Nothing has it but what is around a place, such as the page as a whole: what had it
 * is gone or cannot be pressed any more, or nothing ever had it.
 */
export function isFocusLost(place: Element | null): boolean {
  return document.activeElement?.contains(place) ?? true;
}

/** Whether the next part of a place is led to: in any case, or when the one before had the focus. */
export type Lead = "always" | "taken" | null;

/**
 * For parts of a page that take the place of each other: hands the focus on from the
 * one that goes, so that nobody starts over at the top.
 */
export function useHandedFocus(
  part: RefObject<HTMLElement | null>,
  heading: RefObject<HTMLElement | null>,
  leadRef: RefObject<Lead>,
): void {
  useLayoutEffect(() => {
    const element = part.current;
    const how = leadRef.current;
    leadRef.current = null;
    if (how === "always" || (how === "taken" && isFocusLost(heading.current))) {
      heading.current?.focus({ preventScroll: true });
    }
    return () => {
      if (element?.contains(document.activeElement)) leadRef.current ??= "taken";
    };
  }, [part, heading, leadRef]);
}
