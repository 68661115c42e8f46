// The events of a run, as they are stored: asked for once, then only for what is new.

import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { readHistory, readPlan, type StoredEvent } from "@/model/run-history";

import { executionKeys, fetchEvents } from "./executions";
import type { RunListener } from "./live";

/** What the server gives at once. */
const PAGE = 1_000;
/** Events come in bursts; they are asked for once after each. */
const REFRESH_MS = 250;

function buildEventsQuery(queries: QueryClient, id: string) {
  return queryOptions({
    queryKey: executionKeys.events(id),
    queryFn: async ({ signal }) => {
      const known = queries.getQueryData<readonly StoredEvent[]>(executionKeys.events(id)) ?? [];
      const fresh: StoredEvent[] = [];
      for (;;) {
        const after = fresh.at(-1)?.seq ?? known.at(-1)?.seq ?? 0;
        const page = await fetchEvents(id, after, signal);
        fresh.push(...page);
        if (page.length < PAGE) return fresh.length === 0 ? known : [...known, ...fresh];
      }
    },
    // They never change; the stream says when there are more.
    staleTime: Infinity,
    structuralSharing: false,
  });
}

/** The events of a run, what its stages did, and what its plan says about them. */
export function useRunHistory(id: string, listen: (listener: RunListener) => () => void) {
  const queries = useQueryClient();
  const { data, error } = useQuery(buildEventsQuery(queries, id));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: executionKeys.events(id) });
      }, REFRESH_MS);
    };
    const stop = listen({ onEvent: refresh, onPoll: refresh });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [id, listen, queries]);
  return useMemo(() => {
    const events = data ?? [];
    return { events, history: readHistory(events), plan: readPlan(events), error };
  }, [data, error]);
}

export type RunHistory = ReturnType<typeof useRunHistory>;
