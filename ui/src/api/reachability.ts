// Whether the server answers. Every request and every stream reports here.

import { createStore } from "@/model/store";

export type Reachability = "reachable" | "unreachable";

const store = createStore<Reachability>("reachable");
const returns = new Set<() => void>();

export const reachability = {
  get: store.get,
  subscribe: store.subscribe,
  /** Calls back when the server answers again after it did not. */
  onReturn(listener: () => void): () => void {
    returns.add(listener);
    return () => returns.delete(listener);
  },
  report(now: Reachability) {
    const before = store.get();
    store.set(now);
    if (before === "unreachable" && now === "reachable") {
      for (const listener of [...returns]) listener();
    }
  },
};
