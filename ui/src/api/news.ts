// What happens to all runs: lists are asked again when something in them has changed.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { type About, createAsked } from "./asked";
import { type Damage, noteDamage } from "./damage";
import { executionKeys } from "./executions";
import type { InboxItem } from "./inbox";
import { projectKeys } from "./projects";
import { newsConnection } from "./query";
import { createRefresher } from "./refresher";
import { hearNews } from "./shared-news";
import { workflowKeys } from "./workflows";

/** Events come in bursts; lists are asked for once after each. */
const PAUSE_MS = 400;

/** What decides which runs there are, and how the newest of a workflow ended. */
const OF_RUNS = /^execution_/;

/** Lists are kept fresh as long as this is shown. */
export function useNews(enabled: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    return followNews(queries);
  }, [enabled, queries]);
}

function followNews(queries: QueryClient): () => void {
  const lists = listsOf(queries);
  const ofInbox = createAsked(
    () => queries.getQueryData<{ items: InboxItem[] }>(executionKeys.inbox)?.items,
  );
  const { filtered, inbox, ofRuns } = lists;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wanted = new Set<() => void>();
  const ask = () => {
    timer = undefined;
    for (const one of [...wanted]) {
      // What most of the news are about is for those who look; the rest may be told as notes.
      if (document.hidden && one === filtered) continue;
      wanted.delete(one);
      one();
    }
  };
  const refresh = (some: readonly (() => void)[]) => {
    for (const one of some) wanted.add(one);
    timer ??= setTimeout(ask, PAUSE_MS);
  };
  const look = () => wanted.size > 0 && refresh([]);
  document.addEventListener("visibilitychange", look);
  const news = hearNews({
    onMissed: () => refresh([filtered, inbox, ...ofRuns]),
    onMessage: ({ id, event, data }) => {
      if (event === "stream_opened") return;
      if (event === "event_damaged") tellDamage(id, data);
      refresh([
        filtered,
        ...(ofInbox(event, JSON.parse(data) as About) ? [inbox] : []),
        ...(OF_RUNS.test(event) ? ofRuns : []),
      ]);
    },
  });
  const unsubscribe = news.connection.subscribe(() => newsConnection.set(news.connection.get()));
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
    unsubscribe();
    news.close();
    newsConnection.set("connecting");
  };
}

/** How each kind of list is asked for again. */
function listsOf(queries: QueryClient) {
  const apart: readonly unknown[] = [executionKeys.inbox[2], executionKeys.filtered[2]];
  return {
    filtered: createRefresher(queries, { queryKey: executionKeys.filtered }),
    inbox: createRefresher(queries, { queryKey: executionKeys.inbox }),
    ofRuns: [
      createRefresher(queries, {
        queryKey: executionKeys.lists,
        predicate: ({ queryKey }) => !apart.includes(queryKey[2]),
      }),
      createRefresher(queries, { queryKey: workflowKeys.lists }),
      createRefresher(queries, { queryKey: projectKeys.all }),
    ],
  };
}

function tellDamage(id: string | null, data: string): void {
  const { execution_id, code, detail } = JSON.parse(data) as Omit<Damage, "place"> & {
    execution_id: string;
  };
  noteDamage(execution_id, { place: id ?? "", code, detail });
}
