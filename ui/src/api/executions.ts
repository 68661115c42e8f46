// Runs: keys, queries and what can be done with them.

import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { type ExecutionStatus, STATUSES } from "@/model/status";

import { client, data, type Schemas } from "./client";
import { FRESH_MS, LIST_POLL_MS, pollEvery } from "./query";
import { workflowKeys } from "./workflows";

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
  waiting: ["workflow-executions", "list", "waiting"] as const,
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
          params: {
            query: { ...filters, limit: PAGE_SIZE, ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS.executions,
    refetchInterval: ({ state }) =>
      pollWhileMoving(state.data?.pages.flatMap((page) => page.items)),
  });
}

/** The newest runs of all workflows. */
export function buildNewestQuery(limit = 40) {
  return queryOptions({
    queryKey: [...executionKeys.lists, "newest", limit],
    queryFn: async ({ signal }) => {
      const query = { limit };
      const page = await data(
        client.GET("/api/v1/workflow-executions", { params: { query }, signal }),
      );
      return page.items;
    },
    staleTime: 5_000,
  });
}

/** The newest runs of a workflow. */
export function buildRecentQuery(workflowId: string, limit = 20) {
  return queryOptions({
    queryKey: executionKeys.recent(workflowId, limit),
    queryFn: async ({ signal }) => {
      const query = { workflow_id: workflowId, limit };
      const page = await data(
        client.GET("/api/v1/workflow-executions", { params: { query }, signal }),
      );
      return page.items;
    },
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

export type StartOptions = Omit<Schemas["RunWorkflowRequest"], "config" | "trigger">;

export function useRunWorkflow() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (start: { workflowId: string; options: StartOptions; key: string }) =>
      data(
        client.POST("/api/v1/workflows/{workflow_id}/run", {
          params: {
            path: { workflow_id: start.workflowId },
            header: { "Idempotency-Key": start.key },
          },
          body: { ...start.options, trigger: "manual" },
        }),
      ),
    onSuccess: (run) => {
      queries.setQueryData(executionKeys.detail(run.id), run);
      forgetLists(queries);
    },
  });
}

/** What is started: a text that is not stored, in a project. */
export interface TextStart {
  definition: string;
  parameters: Record<string, unknown>;
  project_id: string;
}

export function useStartText() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: TextStart; key: string }) =>
      data(
        client.POST("/api/v1/workflow-executions", {
          params: { header: { "Idempotency-Key": key } },
          body: { ...body, trigger: "manual" },
        }),
      ),
    onSuccess: (run) => {
      queries.setQueryData(executionKeys.detail(run.id), run);
      forgetLists(queries);
    },
  });
}

export type Control = "pause" | "resume" | "cancel";

const SOON: Record<Control, ExecutionStatus> = {
  pause: "paused",
  resume: "running",
  cancel: "cancelled",
};

/** Pauses, resumes or cancels; shown at once, and taken back when it is refused. */
export function useControlRun() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, control, reason }: { id: string; control: Control; reason?: string }) =>
      control === "resume"
        ? data(
            client.POST("/api/v1/workflow-executions/{execution_id}/resume", {
              params: { path: { execution_id: id } },
            }),
          )
        : data(
            client.POST(`/api/v1/workflow-executions/{execution_id}/${control}`, {
              params: { path: { execution_id: id } },
              body: reason === undefined ? {} : { reason },
            }),
          ),
    onMutate: async ({ id, control }) => {
      await queries.cancelQueries({ queryKey: executionKeys.detail(id) });
      const before = queries.getQueryData<Execution>(executionKeys.detail(id));
      patchRun(queries, id, { status: SOON[control] });
      return { before };
    },
    onError: (_error, { id }, context) => {
      if (context?.before) patchRun(queries, id, { status: context.before.status });
    },
    onSettled: (_done, _error, { id }) => {
      void queries.invalidateQueries({ queryKey: executionKeys.detail(id) });
      forgetLists(queries);
    },
  });
}

/** Has the server work on a run that nobody works on. */
export function useTakeUp() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      data(
        client.POST("/api/v1/workflow-executions/{execution_id}/take-up", {
          params: { path: { execution_id: id } },
        }),
      ),
    onSuccess: (run) => queries.setQueryData(executionKeys.detail(run.id), run),
    onSettled: () => forgetLists(queries),
  });
}

/** Up to 50 at once; each that cannot be done fails alone. */
export function useControlRuns() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, control }: { ids: string[]; control: Control }) =>
      data(
        client.POST(`/api/v1/workflow-executions/batch/${control}`, {
          body: { execution_ids: ids },
        }),
      ),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: executionKeys.details });
      forgetLists(queries);
    },
  });
}

export function useRerun() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, from, key }: { id: string; from?: string; key: string }) =>
      data(
        client.POST("/api/v1/workflow-executions/{execution_id}/rerun", {
          params: { path: { execution_id: id }, header: { "Idempotency-Key": key } },
          body: { trigger: "manual", ...(from !== undefined && { from }) },
        }),
      ),
    onSuccess: (run) => {
      queries.setQueryData(executionKeys.detail(run.id), run);
      forgetLists(queries);
    },
  });
}

/** What a person says to a run that waits, or wants done again. */
export type Reply =
  | { kind: "approve" | "reject"; stage: string; iteration: number; reason?: string }
  | { kind: "answer"; stage: string; dispatch: number; answers: Record<string, string | string[]> }
  | { kind: "reopen"; stage: string; feedback?: string };

export function useReply(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (reply: Reply) => sendReply(id, reply),
    onSuccess: (step) =>
      queries.setQueryData<Execution>(
        executionKeys.detail(id),
        (run) =>
          run && {
            ...run,
            steps: run.steps?.map((old) => (old.id === step.id ? step : old)) ?? null,
          },
      ),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: executionKeys.detail(id) });
      forgetLists(queries);
    },
  });
}

function sendReply(id: string, reply: Reply): Promise<Step> {
  const path = { execution_id: id, stage_id: reply.stage };
  switch (reply.kind) {
    case "approve":
    case "reject":
      return data(
        client.POST(`/api/v1/workflow-executions/{execution_id}/gates/{stage_id}/${reply.kind}`, {
          params: { path },
          body: { reason: reply.reason ?? null, iteration: reply.iteration },
        }),
      );
    case "answer":
      return data(
        client.POST("/api/v1/workflow-executions/{execution_id}/steps/{stage_id}/answer", {
          params: { path },
          body: { answers: reply.answers, dispatch: reply.dispatch },
        }),
      );
    case "reopen":
      return data(
        client.POST("/api/v1/workflow-executions/{execution_id}/steps/{stage_id}/reopen", {
          params: { path },
          body: { feedback: reply.feedback ?? null },
        }),
      );
  }
}

function forgetLists(queries: QueryClient) {
  void queries.invalidateQueries({ queryKey: executionKeys.lists });
  void queries.invalidateQueries({ queryKey: workflowKeys.lists });
}

type Pages = { pages: ExecutionPage[]; pageParams: unknown[] };

/** Changes a run wherever it is shown. */
export function patchRun(queries: QueryClient, id: string, patch: Partial<Execution>) {
  queries.setQueryData<Execution>(executionKeys.detail(id), (run) => run && { ...run, ...patch });
  queries.setQueriesData<Pages>(
    { queryKey: executionKeys.filtered },
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          items: page.items.map((run) => (run.id === id ? { ...run, ...patch } : run)),
        })),
      },
  );
}
