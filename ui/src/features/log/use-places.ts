import { type RefObject, useEffect, useRef } from "react";

import type { LogSource } from "@/api/logs";
import { levelOf } from "@/model/log-level";

import type { Rows } from "./rows";

/** Where somebody is in a log, however its lines are drawn. */
export interface Place {
  opened: boolean;
  /** The first line in sight. */
  first: number;
  /** The line by name that was gone to last; -1 for none. */
  named: number;
  endCalls: number;
}

export const NOWHERE: Place = { opened: false, first: 0, named: -1, endCalls: 0 };

interface Opened {
  source: LogSource;
  count: number;
  opens: "start" | "end" | "error";
  /** Index of the line that the address names; -1 for none. */
  here: number;
  follows: boolean;
  live: boolean;
  /** Grows whenever somebody wants to go to the end. */
  endCalls: number;
}

/** Goes where the log is opened, to the line that is named, and along with what is added. */
export function usePlaces(
  { source, count, opens, here, follows, live, endCalls }: Opened,
  view: Rows,
  placeRef: RefObject<Place>,
): void {
  const scrollTo = useRef(view.scrollTo);
  useEffect(() => {
    scrollTo.current = view.scrollTo;
  });
  const ready = count > 0 && !source.loading();
  // Lines that are drawn in another way begin with the same one.
  useEffect(() => {
    const { opened, first } = placeRef.current;
    if (opened) scrollTo.current(first, "start");
  }, [placeRef]);
  useEffect(() => {
    if (!ready || placeRef.current.opened) return;
    placeRef.current.opened = true;
    if (here >= 0) return;
    if (opens === "end") scrollTo.current(count - 1, "end");
    if (opens === "error") scrollTo.current(firstError(source), "center");
  }, [ready, opens, here, count, source, placeRef]);
  // A log that grows leaves alone who reads in it.
  const known = ready ? here : -1;
  useEffect(() => {
    if (placeRef.current.named === known) return;
    placeRef.current.named = known;
    if (known >= 0) scrollTo.current(known, "center");
  }, [known, placeRef]);
  const end = follows && live && here < 0 ? count - 1 : -1;
  useEffect(() => {
    if (end >= 0) scrollTo.current(end, "end");
  }, [end, view.height]);
  const last = useRef(-1);
  useEffect(() => {
    last.current = count - 1;
  });
  useEffect(() => {
    if (placeRef.current.endCalls === endCalls) return;
    placeRef.current.endCalls = endCalls;
    scrollTo.current(last.current, "end");
  }, [endCalls, placeRef]);
  useEffect(() => {
    if (view.first !== undefined) placeRef.current.first = view.first;
  });
}

function firstError(source: LogSource): number {
  for (let index = 0; index < source.count(); index += 1) {
    const line = source.line(index);
    if (line && levelOf(line.message) === "error") return index;
  }
  return source.count() - 1;
}
