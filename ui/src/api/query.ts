// The cache of what the server said.

import { QueryClient } from "@tanstack/react-query";

import { createStore } from "@/model/store";

import { ApiError } from "./problem";
import { reachability } from "./reachability";
import type { Connection } from "./stream";

const MINUTE_MS = 60_000;

/** How long an answer counts as fresh. */
export const FRESH_MS = { workflows: 5 * MINUTE_MS, executions: MINUTE_MS / 2 } as const;
/** How often lists are asked again: often while something in them moves. */
export const LIST_POLL_MS = { moving: 3_000, still: 30_000 } as const;

/** Whether the page hears of all runs; see news.ts. */
export const newsConnection = createStore<Connection>("connecting");

/** How often a list is asked for again: seldom while the news say when. */
export function pollEvery(ms: number): number {
  return newsConnection.get() === "live" ? Math.max(ms, LIST_POLL_MS.still) : ms;
}

/** How long a list of workflows, with their last runs, counts as fresh. */
export function workflowsFreshMs(): number {
  return newsConnection.get() === "live" ? FRESH_MS.workflows : FRESH_MS.executions;
}

export function createQueryClient(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: 5 * MINUTE_MS,
        staleTime: FRESH_MS.executions,
        retry: (failures, error) => failures < 2 && isPassing(error),
        retryDelay: (failures) => 400 * 2 ** failures,
        // Requests to a server on this machine need no network.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  // What was missed while the server was away is asked for at once.
  reachability.onReturn(() => void queries.invalidateQueries());
  return queries;
}

/** A later attempt may succeed. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 502);
}
