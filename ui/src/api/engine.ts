// Whether workflows are switched on. While they are off the server has nothing of
// theirs, so nothing of theirs is asked for before that is known, nor then.

import { createStore } from "@/model/store";

export type Engine = "asking" | "on" | "off";

/** Where nobody asks, nobody waits for the answer. */
const store = createStore<Engine>("on");
let told = false;

/** What of the API is there only while they are on. */
const THEIRS = /^\/api\/v1\/(workflows|workflow-executions|inbox|events)\b/;

export const engine = {
  get: store.get,
  subscribe: store.subscribe,
  /** A page begins, and knows nothing yet. */
  begin() {
    told = false;
    store.set("asking");
  },
  /** The server is asked. */
  ask() {
    if (!told) store.set("asking");
  },
  /** What it says. */
  tell(enabled: boolean) {
    told = true;
    store.set(enabled ? "on" : "off");
  },
  /** It says nothing: whoever waits finds out why. */
  giveUp() {
    if (!told) store.set("on");
  },
};

/** Waits until it is known. */
export function whenKnown(): Promise<Engine> {
  if (store.get() !== "asking") return Promise.resolve(store.get());
  return new Promise((done) => {
    const stop = store.subscribe(() => {
      stop();
      done(store.get());
    });
  });
}

/** Whether a path can be asked for; waits until that is known. */
export async function isThere(path: string): Promise<boolean> {
  return !THEIRS.test(path) || (await whenKnown()) !== "off";
}
