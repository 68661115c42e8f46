// Stored workflows: keys, queries and changes.

import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import type { WorkflowStatus } from "@/model/status";

import { client, data, type Schemas } from "./client";
import { PAGED, pageOf } from "./paging";
import { isCode } from "./problem";
import { FRESH_MS, LIST_POLL_MS, pollEvery, workflowsFreshMs } from "./query";

export type Workflow = Schemas["Workflow"];
export type Stage = Schemas["Stage"];
export type Plan = Schemas["Plan"];
export type Validation = Schemas["Validation"];
export type Finding = Schemas["Finding"];

export interface WorkflowFilters {
  search?: string;
  status?: WorkflowStatus;
  /** Each of them, separated by commas. */
  tags?: string;
  sort_by?: "name" | "created_at" | "updated_at";
  sort_order?: "asc" | "desc";
}

const PAGE_SIZE = 60;

export const workflowKeys = {
  all: ["workflows"] as const,
  lists: ["workflows", "list"] as const,
  list: (filters: WorkflowFilters) => ["workflows", "list", filters] as const,
  detail: (id: string) => ["workflows", "detail", id] as const,
  tags: ["workflows", "tags"] as const,
};

export function buildWorkflowsQuery(filters: WorkflowFilters) {
  return infiniteQueryOptions({
    queryKey: workflowKeys.list(filters),
    queryFn: ({ pageParam, signal }) =>
      data(
        client.GET("/api/v1/workflows", {
          params: { query: { ...filters, ...pageOf(pageParam, PAGE_SIZE) } },
          signal,
        }),
      ),
    ...PAGED,
    staleTime: workflowsFreshMs,
    // Cards show where the newest run stands.
    refetchInterval: ({ state }) => {
      const moves = state.data?.pages.some((page) =>
        page.items.some((workflow) => workflow.last_execution?.status === "running"),
      );
      return pollEvery(moves === true ? LIST_POLL_MS.moving : LIST_POLL_MS.still);
    },
  });
}

/** A few workflows that fit what somebody types. */
export function buildWorkflowSearch(search: string) {
  return queryOptions({
    queryKey: workflowKeys.list({ search }).concat("few" as never),
    queryFn: ({ signal }) =>
      data(
        client.GET("/api/v1/workflows", {
          params: { query: { ...(search !== "" && { search }), limit: 8, sort_by: "updated_at" } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS.executions,
  });
}

export function buildWorkflowQuery(id: string) {
  return queryOptions({
    queryKey: workflowKeys.detail(id),
    queryFn: ({ signal }) =>
      data(
        client.GET("/api/v1/workflows/{workflow_id}", {
          params: { path: { workflow_id: id }, query: { resolve_roles: true } },
          signal,
        }),
      ),
    staleTime: FRESH_MS.workflows,
  });
}

/** The tags of the newest 200 workflows, for the filter to offer. */
export function buildTagsQuery() {
  return queryOptions({
    queryKey: workflowKeys.tags,
    queryFn: async ({ signal }) => {
      const page = await data(
        client.GET("/api/v1/workflows", { params: { query: { limit: 200 } }, signal }),
      );
      const tags = new Set(page.items.flatMap((workflow) => workflow.tags));
      return [...tags].sort((a, b) => a.localeCompare(b));
    },
    staleTime: FRESH_MS.workflows,
  });
}

/** Says what is wrong with a text that need not be stored. */
export function validateText(text: string, signal?: AbortSignal): Promise<Validation> {
  return data(
    client.POST("/api/v1/workflows/validate", {
      body: { yaml_content: text },
      ...(signal && { signal }),
    }),
  );
}

export function completeText(text: string, line: number, column: number, signal?: AbortSignal) {
  return data(
    client.POST("/api/v1/workflows/complete", {
      body: { yaml_content: text, position: { line, column } },
      ...(signal && { signal }),
    }),
  );
}

export type PlanOptions = Omit<Schemas["WorkflowRequest"], "config">;

export function planWorkflow(id: string, options: PlanOptions, signal?: AbortSignal) {
  return data(
    client.POST("/api/v1/workflows/{workflow_id}/plan", {
      params: { path: { workflow_id: id } },
      body: options,
      ...(signal && { signal }),
    }),
  );
}

function useForget() {
  const queries = useQueryClient();
  /** Ends when the one that is named is shown as it is now. */
  return async (id?: string) => {
    void queries.invalidateQueries({ queryKey: workflowKeys.lists });
    void queries.invalidateQueries({ queryKey: workflowKeys.tags });
    if (id !== undefined) await queries.invalidateQueries({ queryKey: workflowKeys.detail(id) });
  };
}

export function useCreateWorkflow() {
  const forget = useForget();
  return useMutation({
    mutationFn: ({ text, draft }: { text: string; draft: boolean }) =>
      data(
        client.POST("/api/v1/workflows", {
          params: { query: { draft } },
          body: { yaml_content: text },
        }),
      ),
    onSuccess: () => void forget(),
  });
}

export function useReplaceWorkflow(id: string) {
  const queries = useQueryClient();
  const forget = useForget();
  return useMutation({
    mutationFn: (change: { text: string; revision: number | null; draft: boolean }) =>
      data(
        client.PUT("/api/v1/workflows/{workflow_id}", {
          params: { path: { workflow_id: id }, query: { draft: change.draft } },
          body: { yaml_content: change.text, revision: change.revision },
        }),
      ),
    onSuccess: (workflow) => {
      queries.setQueryData(workflowKeys.detail(id), workflow);
      void forget(id);
    },
    // Whoever is told that it is another by now, or gone, is to see that.
    onError: (error) =>
      isCode(error, "changed_meanwhile", "not_found")
        ? queries.refetchQueries({ queryKey: workflowKeys.detail(id) })
        : undefined,
  });
}

export interface WorkflowPatch {
  id: string;
  status?: WorkflowStatus;
  tags?: string[];
  revision?: number;
}

export function usePatchWorkflow() {
  const forget = useForget();
  return useMutation({
    mutationFn: ({ id, ...body }: WorkflowPatch) =>
      data(
        client.PATCH("/api/v1/workflows/{workflow_id}", {
          params: { path: { workflow_id: id } },
          body,
        }),
      ),
    onSettled: (_done, _error, { id }) => forget(id),
  });
}

export function useDuplicateWorkflow() {
  const forget = useForget();
  return useMutation({
    mutationFn: (id: string) =>
      data(
        client.POST("/api/v1/workflows/{workflow_id}/duplicate", {
          params: { path: { workflow_id: id } },
          body: {},
        }),
      ),
    onSuccess: () => void forget(),
  });
}

/** Deletes up to 50 at once; each that cannot be deleted fails alone. */
export function deleteWorkflows(ids: string[]) {
  return data(client.POST("/api/v1/workflows/batch/delete", { body: { ids } }));
}

/** The text of a workflow, for a file. */
export async function exportText(id: string): Promise<{ name: string; text: string }> {
  const workflow = await data(
    client.GET("/api/v1/workflows/{workflow_id}", { params: { path: { workflow_id: id } } }),
  );
  return { name: `${workflow.workflow_key ?? "workflow"}.yaml`, text: workflow.definition ?? "" };
}
