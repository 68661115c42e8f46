import { useLayoutEffect, useRef } from "react";

/** So long a press may still be meant for what stood there before. */
const UNSTEADY_MS = 600;

/**
 * Lets presses through once what is shown has been the same for a moment. A
 * control that has just taken the place of another is not what the second
 * press of a double click is meant for.
 */
export function useSteady(shown: unknown): (act: () => void) => () => void {
  const last = useRef({ shown, since: Number.NEGATIVE_INFINITY });
  useLayoutEffect(() => {
    if (last.current.shown !== shown) last.current = { shown, since: performance.now() };
  }, [shown]);
  return (act) => () => {
    if (performance.now() - last.current.since >= UNSTEADY_MS) act();
  };
}
