// What can be done with runs: started, steered, answered, repeated.

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { freshKey } from "@/model/fresh-key";
import type { RunAction } from "@/model/run-actions";
import type { ExecutionStatus } from "@/model/status";

import { client, data, type Schemas } from "./client";
import { type Execution, executionKeys, type ExecutionPage, type Step } from "./executions";
import { projectKeys } from "./projects";
import { workflowKeys } from "./workflows";

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

export type Control = Exclude<RunAction, "rerun">;

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
      // An answer that is on its way does not know of it.
      await queries.cancelQueries({ queryKey: executionKeys.detail(id) });
      await queries.cancelQueries({ queryKey: executionKeys.filtered });
      const takeBack = rememberStatus(queries, id);
      patchRun(queries, id, { status: SOON[control] });
      return { takeBack };
    },
    onError: (_error, _control, context) => context?.takeBack(),
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

/** Takes a stage that has not started out of a run. */
export function useLeaveOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, stage, reason }: { id: string; stage: string; reason?: string }) =>
      data(
        client.POST("/api/v1/workflow-executions/{execution_id}/edits", {
          params: { path: { execution_id: id } },
          body: { edits: [{ type: "delete", stage_id: stage }], reason: reason ?? null },
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

/** Repeats all of a run, or a stage with what depends on it. */
export interface Rerun {
  id: string;
  from?: string;
}

export function useRerun() {
  const queries = useQueryClient();
  // The same attempt, repeated after a lost answer, starts nothing twice.
  const [keys] = useState(() => new Map<string, string>());
  const attemptOf = ({ id, from = "" }: Rerun) => `${id} ${from}`;
  const keyOf = (attempt: string) => {
    const key = keys.get(attempt) ?? freshKey();
    keys.set(attempt, key);
    return key;
  };
  return useMutation({
    mutationFn: (rerun: Rerun) =>
      data(
        client.POST("/api/v1/workflow-executions/{execution_id}/rerun", {
          params: {
            path: { execution_id: rerun.id },
            header: { "Idempotency-Key": keyOf(attemptOf(rerun)) },
          },
          body: { trigger: "manual", ...(rerun.from !== undefined && { from: rerun.from }) },
        }),
      ),
    onSuccess: (run, rerun) => {
      keys.delete(attemptOf(rerun));
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

export function forgetLists(queries: QueryClient) {
  void queries.invalidateQueries({ queryKey: executionKeys.lists });
  void queries.invalidateQueries({ queryKey: workflowKeys.lists });
  void queries.invalidateQueries({ queryKey: projectKeys.all });
}

type Pages = { pages: ExecutionPage[]; pageParams: unknown[] };

/** How the run is shown now, wherever it is shown; gives back what shows it so again. */
function rememberStatus(queries: QueryClient, id: string): () => void {
  const detail = queries.getQueryData<Execution>(executionKeys.detail(id));
  const lists = queries.getQueriesData<Pages>({ queryKey: executionKeys.filtered });
  return () => {
    if (detail) patchDetail(queries, id, { status: detail.status });
    for (const [key, list] of lists) {
      const run = list?.pages.flatMap(({ items }) => items).find((one) => one.id === id);
      if (run === undefined) continue;
      const { status } = run;
      queries.setQueryData<Pages>(key, (now) => now && patched(now, id, { status }));
    }
  };
}

/** Changes a run wherever it is shown. */
export function patchRun(queries: QueryClient, id: string, patch: Partial<Execution>) {
  patchDetail(queries, id, patch);
  queries.setQueriesData<Pages>(
    { queryKey: executionKeys.filtered },
    (list) => list && patched(list, id, patch),
  );
}

function patchDetail(queries: QueryClient, id: string, patch: Partial<Execution>) {
  queries.setQueryData<Execution>(executionKeys.detail(id), (run) => run && { ...run, ...patch });
}

function patched(list: Pages, id: string, patch: Partial<Execution>): Pages {
  const pages = list.pages.map((page) => ({
    ...page,
    items: page.items.map((run) => (run.id === id ? { ...run, ...patch } : run)),
  }));
  return { ...list, pages };
}
