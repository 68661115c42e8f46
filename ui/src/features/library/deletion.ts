// Deleted at once for the eye, and for good when nobody wants it back.

import type { QueryClient } from "@tanstack/react-query";

import { deleteOnLeaving } from "@/api/client";
import { messageOf } from "@/api/problem";
import { deleteWorkflows, type Workflow, workflowKeys } from "@/api/workflows";
import { toast } from "@/components/toast";
import { createStore } from "@/model/store";

const GRACE_MS = 6_000;
/** How many the server deletes at once. */
const BATCH = 50;

/** Workflows that are as good as deleted. */
export const doomed = createStore<ReadonlySet<string>>(new Set());

function spare(ids: readonly string[]): void {
  doomed.update((before) => new Set([...before].filter((id) => !ids.includes(id))));
}

if (typeof window !== "undefined") {
  window.addEventListener("pagehide", () => {
    for (const id of doomed.get()) deleteOnLeaving(`/api/v1/workflows/${id}`);
  });
}

export function deleteWithUndo(queries: QueryClient, workflows: readonly Workflow[]): void {
  const ids = workflows.map((workflow) => workflow.id);
  const [only] = workflows;
  const what = workflows.length === 1 ? `“${only?.name ?? ""}”` : `${ids.length} workflows`;
  doomed.update((before) => new Set([...before, ...ids]));
  const timer = setTimeout(() => void finish(queries, ids), GRACE_MS);
  toast.info(`Deleted ${what}`, {
    ms: GRACE_MS,
    action: {
      label: "Undo",
      run: () => {
        clearTimeout(timer);
        spare(ids);
      },
    },
  });
}

async function finish(queries: QueryClient, ids: readonly string[]): Promise<void> {
  let asked = 0;
  try {
    for (let at = 0; at < ids.length; at += BATCH) {
      const { results } = await deleteWorkflows(ids.slice(at, at + BATCH));
      asked += results.length;
      for (const result of results) {
        if (!result.success) toast.error("Not deleted", new Error(result.error ?? result.id));
        else queries.removeQueries({ queryKey: workflowKeys.detail(result.id) });
      }
    }
  } catch (error) {
    const rest = ids.length - asked;
    const words = asked === 0 ? "Nothing was deleted" : `Not deleted: ${rest} of ${ids.length}`;
    toast.error(words, new Error(messageOf(error)));
  }
  await queries.invalidateQueries({ queryKey: workflowKeys.lists });
  spare(ids);
}
