// The runs that this browser has started or looked at, until they have ended.

import type { QueryClient } from "@tanstack/react-query";

import { type Execution, executionKeys } from "@/api/executions";
import { isTerminal } from "@/model/status";
import { createStore } from "@/model/store";

const KEY = "baton.watched";
/** The newest; whoever looks at more waits for none of them in particular. */
const MOST = 50;

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    // What cannot be read is no loss.
    return [];
  }
}

const store = createStore<readonly string[]>(read());

function keep(ids: readonly string[]): void {
  store.set(ids);
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Then they are known for as long as the page is there.
  }
}

export const watched = {
  get: store.get,
  subscribe: store.subscribe,
  add(id: string) {
    if (!store.get().includes(id)) keep([...store.get(), id].slice(-MOST));
  },
  drop(ids: readonly string[]) {
    if (ids.length > 0) keep(store.get().filter((id) => !ids.includes(id)));
  },
};

/** Every run of which a page has asked for all, and that goes on, is watched. */
export function watchRuns(queries: QueryClient): () => void {
  const look = (data: unknown) => {
    const run = data as Execution | undefined;
    if (run && !isTerminal(run.status)) watched.add(run.id);
  };
  const cache = queries.getQueryCache();
  for (const { state } of cache.findAll({ queryKey: executionKeys.details })) look(state.data);
  return cache.subscribe(({ type, query }) => {
    const [of, kind] = query.queryKey as readonly unknown[];
    if (type !== "updated" || kind !== executionKeys.details[1]) return;
    if (of === executionKeys.details[0]) look(query.state.data);
  });
}
