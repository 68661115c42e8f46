// Events of runs that the server cannot read any more, as its streams tell.

import { createStore, useStore } from "@/model/store";

export interface Damage {
  /** The place of the event in the stream that told of it. */
  place: string;
  code: string;
  /** What is wrong, in words of the server. */
  detail: string;
}

const NONE: readonly Damage[] = [];
const known = createStore<ReadonlyMap<string, readonly Damage[]>>(new Map());

/** Keeps what the message `event_damaged` of a stream says about a run. */
export function noteDamage(run: string, damage: Damage): void {
  known.update((runs) => {
    const before = runs.get(run) ?? NONE;
    // A stream that starts over tells it again.
    if (before.some(({ place, detail }) => place === damage.place && detail === damage.detail)) {
      return runs;
    }
    return new Map(runs).set(run, [...before, damage]);
  });
}

/** What is damaged of a run, as far as this page has heard. */
export function useDamage(run: string): readonly Damage[] {
  return useStore(known).get(run) ?? NONE;
}
