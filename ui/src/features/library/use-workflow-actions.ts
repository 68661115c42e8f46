// What can be done with stored workflows, wherever they are shown.

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { exportText, useDuplicateWorkflow, usePatchWorkflow, type Workflow } from "@/api/workflows";
import { saveFile } from "@/components/download";
import { toast } from "@/components/toast";
import type { WorkflowStatus } from "@/model/status";

import { deleteWithUndo } from "./deletion";

const DONE: Readonly<Record<WorkflowStatus, string>> = {
  published: "Published",
  archived: "Archived",
  draft: "Back to a draft",
};

/** Why a workflow cannot be run now; null when it can. */
export function whyNotRun(workflow: Workflow): string | null {
  if (workflow.status === "archived") return "Archived workflows do not run";
  return workflow.is_valid ? null : "Its definition has errors";
}

export function useWorkflowActions() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { mutateAsync: copy } = useDuplicateWorkflow();
  const { mutateAsync: patch, isPending: isChanging } = usePatchWorkflow();

  return {
    /** Where it stands is being changed. */
    isChanging,
    run: (workflow: Workflow) =>
      void navigate({
        to: "/workflows/$workflowId",
        params: { workflowId: workflow.id },
        search: { run: "open" },
      }),
    duplicate: async (workflow: Workflow) => {
      try {
        const made = await copy(workflow.id);
        const open = () =>
          void navigate({ to: "/workflows/$workflowId", params: { workflowId: made.id } });
        toast.success(`Copied as “${made.name}”`, { action: { label: "Open", run: open } });
      } catch (error) {
        toast.error("Not copied", error);
      }
    },
    setStatus: async (workflows: readonly Workflow[], status: WorkflowStatus) => {
      const outcomes = await Promise.allSettled(workflows.map(({ id }) => patch({ id, status })));
      const failed = outcomes.filter((outcome) => outcome.status === "rejected");
      const done = workflows.length - failed.length;
      const [only] = workflows;
      const what = workflows.length === 1 ? `“${only?.name ?? ""}”` : `${done} workflows`;
      if (done > 0) toast.success(`${DONE[status]}: ${what}`);
      if (failed[0]) toast.error(`Not changed: ${failed.length}`, failed[0].reason);
    },
    save: async (workflows: readonly Workflow[]) => {
      try {
        for (const { id } of workflows) {
          const { name, text } = await exportText(id);
          saveFile(name, text);
        }
      } catch (error) {
        toast.error("Not exported", error);
      }
    },
    remove: (workflows: readonly Workflow[]) => {
      deleteWithUndo(queries, workflows);
    },
  };
}

export type WorkflowActions = ReturnType<typeof useWorkflowActions>;
