import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Execution } from "@/api/executions";
import { buildWorkflowQuery } from "@/api/workflows";
import { Confirm } from "@/components/confirm";
import { whyNotRun } from "@/features/library/use-workflow-actions";

import type { RunActions } from "./use-run-actions";

/** How the server calls the overrides that were given with a run. */
const OF_RUN = "this run";

interface RerunAllProps {
  run: Execution;
  actions: RunActions;
  open: boolean;
  onClose: () => void;
}

/** Asks before all of a run is repeated, and leads to where its values can be changed. */
export function RerunAll({ run, actions, open, onClose }: RerunAllProps) {
  return (
    <Confirm
      open={open}
      title="Re-run all of it?"
      action="Re-run"
      keep="Not now"
      harmless
      busy={actions.busy}
      onClose={onClose}
      onConfirm={() => {
        onClose();
        actions.rerun();
      }}
    >
      <p>
        A new run starts from the beginning, with the same definition and the same values. This run
        stays as it is.
      </p>
      {run.workflow_id !== null && <OtherValues run={run} workflowId={run.workflow_id} />}
    </Confirm>
  );
}

/** The way to the run dialog, where the workflow is still there and runs. */
function OtherValues({ run, workflowId }: { run: Execution; workflowId: string }) {
  const { data: workflow } = useQuery(buildWorkflowQuery(workflowId));
  if (!workflow || whyNotRun(workflow) !== null) return null;
  const hasOwn = (run.overridden ?? []).some(({ by }) => by === OF_RUN);
  const isChanged = workflow.definition_hash !== run.workflow_definition_hash;
  return (
    <p className="mt-3">
      <Link
        to="/workflows/$workflowId"
        params={{ workflowId }}
        search={{ run: "open", from: run.id }}
        className="touch rounded-sm font-medium text-ink underline decoration-line-strong underline-offset-3 hover:decoration-ink-3"
      >
        Change the values first
      </Link>
      {isChanged && "; the workflow has changed since, and runs as it is now"}
      {hasOwn && "; its own overrides have to be written again"}.
    </p>
  );
}
