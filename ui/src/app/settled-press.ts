// Controls take the place of others while somebody presses: the second press of a
// double click was not meant for what stands there by then.

import { useCallback, useLayoutEffect, useRef } from "react";

/** What is pressed so soon after it has changed was not read. */
export const SETTLED_MS = 600;

/** What stands at each place. */
export type Controls = Readonly<Partial<Record<string, string>>>;

/** Whether a control may be pressed twice in a moment: one that only asks may. */
export type Repeats = "once" | "again";

type Press = (place: string, does: () => void, repeats?: Repeats) => void;

/**
 * Does what a control is for, unless it has only now taken its place, or was pressed
 * a moment ago.
 */
export function useSettledPress(controls: Controls): Press {
  const shown = useRef(controls);
  const since = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    for (const place of Object.keys(controls)) {
      if (shown.current[place] !== controls[place]) since.current.set(place, performance.now());
    }
    shown.current = controls;
  });
  return useCallback<Press>((place, does, repeats = "once") => {
    const now = performance.now();
    if (now - (since.current.get(place) ?? -Infinity) < SETTLED_MS) return;
    if (repeats === "once") since.current.set(place, now);
    does();
  }, []);
}
