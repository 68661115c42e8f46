// Runs: keys and queries; what can be done with them is in steering.ts.

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { STATUSES } from "@/model/status";

import { client, data, type Schemas } from "./client";
import { PAGED, pageOf } from "./paging";
import { FRESH_MS, LIST_POLL_MS, pollEvery } from "./query";

export type Execution = Schemas["Execution"];
export type ExecutionPage = Schemas["Page_Execution"];
export type Step = Schemas["Step"];
export type Question = Schemas["Question"];

export interface ExecutionFilters {
  /** One or more states, separated by commas. */
  status?: string;
  workflow_id?: string;
  project_id?: string;
  /** Id inside the definition, or display name of the workflow. */
  workflow?: string;
  /** In names and ids. */
  search?: string;
  started_after?: string;
  sort_by?: "created_at" | "started_at" | "completed_at";
  sort_order?: "asc" | "desc";
}

const PAGE_SIZE = 50;

export const executionKeys = {
  all: ["workflow-executions"] as const,
  lists: ["workflow-executions", "list"] as const,
  filtered: ["workflow-executions", "list", "filtered"] as const,
  list: (filters: ExecutionFilters) =>
    ["workflow-executions", "list", "filtered", filters] as const,
  recent: (workflowId: string, limit: number) =>
    ["workflow-executions", "list", "recent", workflowId, limit] as const,
  inbox: ["workflow-executions", "list", "inbox"] as const,
  details: ["workflow-executions", "detail"] as const,
  detail: (id: string) => ["workflow-executions", "detail", id] as const,
  events: (id: string) => ["workflow-executions", "events", id] as const,
};

function pollWhileMoving(items: readonly Execution[] | undefined): number {
  const moves = items?.some((run) => STATUSES[run.status].moves || run.status === "pending");
  return pollEvery(moves === true ? LIST_POLL_MS.moving : LIST_POLL_MS.still);
}

export function buildExecutionsQuery(filters: ExecutionFilters) {
  return infiniteQueryOptions({
    queryKey: executionKeys.list(filters),
    queryFn: ({ pageParam, signal }) =>
      data(
        client.GET("/api/v1/workflow-executions", {
          params: { query: { ...filters, ...pageOf(pageParam, PAGE_SIZE) } },
          signal,
        }),
      ),
    ...PAGED,
    refetchInterval: ({ state }) =>
      pollWhileMoving(state.data?.pages.flatMap((page) => page.items)),
  });
}

/** The first of those that fit. */
async function fetchRuns(
  query: ExecutionFilters & { limit: number },
  signal: AbortSignal,
): Promise<Execution[]> {
  const { items } = await data(
    client.GET("/api/v1/workflow-executions", { params: { query }, signal }),
  );
  return items;
}

/** The newest runs of all workflows. */
export function buildNewestQuery(limit = 40) {
  return queryOptions({
    queryKey: [...executionKeys.lists, "newest", limit],
    queryFn: ({ signal }) => fetchRuns({ limit }, signal),
    staleTime: 5_000,
  });
}

/** The runs that have ended last. */
export function buildEndedQuery() {
  return queryOptions({
    queryKey: [...executionKeys.lists, "ended"],
    queryFn: ({ signal }) => {
      const status = "completed,failed,cancelled";
      return fetchRuns({ status, sort_by: "completed_at", sort_order: "desc", limit: 50 }, signal);
    },
    staleTime: 2_000,
    refetchInterval: () => pollEvery(5_000),
    // Notes are for those who look elsewhere.
    refetchIntervalInBackground: true,
  });
}

/** A few runs whose workflow has these words in its name. */
export function buildRunSearch(words: string) {
  return queryOptions({
    queryKey: [...executionKeys.lists, "found", words],
    queryFn: ({ signal }) => fetchRuns({ search: words, limit: 8 }, signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
}

/** The newest runs of a workflow. */
export function buildRecentQuery(workflowId: string, limit = 20) {
  return queryOptions({
    queryKey: executionKeys.recent(workflowId, limit),
    queryFn: ({ signal }) => fetchRuns({ workflow_id: workflowId, limit }, signal),
    staleTime: FRESH_MS.executions,
    refetchInterval: ({ state }) => pollWhileMoving(state.data),
  });
}

export function fetchExecution(id: string, signal?: AbortSignal): Promise<Execution> {
  return data(
    client.GET("/api/v1/workflow-executions/{execution_id}", {
      params: { path: { execution_id: id } },
      ...(signal && { signal }),
    }),
  );
}

/** The run that alone has this in its id. */
export function buildRunByIdPart(part: string) {
  return queryOptions({
    queryKey: [...executionKeys.lists, "by-id", part],
    queryFn: ({ signal }) => fetchExecution(part, signal),
    retry: false,
    staleTime: 5_000,
  });
}

export function buildExecutionQuery(id: string) {
  return queryOptions({
    queryKey: executionKeys.detail(id),
    queryFn: ({ signal }) => fetchExecution(id, signal),
    staleTime: FRESH_MS.executions,
  });
}

/** Lines of the log, by range. */
export async function fetchLog(
  id: string,
  range: { stage?: string; dispatch?: number; after?: number; limit?: number; tail?: boolean },
  signal?: AbortSignal,
): Promise<Schemas["LogLine"][]> {
  const { items } = await data(
    client.GET("/api/v1/workflow-executions/{execution_id}/logs", {
      params: { path: { execution_id: id }, query: range },
      ...(signal && { signal }),
    }),
  );
  return items;
}

/** Everything that happened, as it is stored. */
export async function fetchEvents(id: string, after = 0, signal?: AbortSignal) {
  const { items } = await data(
    client.GET("/api/v1/workflow-executions/{execution_id}/events", {
      params: { path: { execution_id: id }, query: { after, limit: 1000 } },
      ...(signal && { signal }),
    }),
  );
  return items;
}
