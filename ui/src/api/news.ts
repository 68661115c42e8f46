// What happens to all runs: lists are asked again when something in them has changed.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { type Damage, noteDamage } from "./damage";
import { executionKeys } from "./executions";
import { projectKeys } from "./projects";
import { newsConnection } from "./query";
import { followRun } from "./stream";
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  let runs = false;
  const refresh = (ofRuns: boolean) => {
    runs ||= ofRuns;
    timer ??= setTimeout(() => {
      void queries.invalidateQueries({ queryKey: executionKeys.inbox });
      void queries.invalidateQueries({ queryKey: executionKeys.filtered });
      if (runs) void queries.invalidateQueries({ queryKey: executionKeys.lists });
      if (runs) void queries.invalidateQueries({ queryKey: workflowKeys.lists });
      if (runs) void queries.invalidateQueries({ queryKey: projectKeys.all });
      timer = undefined;
      runs = false;
    }, PAUSE_MS);
  };
  const news = followRun({
    path: "/api/v1/events/stream",
    endless: true,
    onPoll: () => refresh(true),
    onMessage: ({ id, event, data }) => {
      if (event === "event_damaged") tellDamage(id, data);
      if (event !== "stream_opened") refresh(OF_RUNS.test(event));
    },
  });
  const unsubscribe = news.connection.subscribe(() => newsConnection.set(news.connection.get()));
  return () => {
    clearTimeout(timer);
    unsubscribe();
    news.close();
    newsConnection.set("connecting");
  };
}

function tellDamage(id: string | null, data: string): void {
  const { execution_id, code, detail } = JSON.parse(data) as Omit<Damage, "place"> & {
    execution_id: string;
  };
  noteDamage(execution_id, { place: id ?? "", code, detail });
}
