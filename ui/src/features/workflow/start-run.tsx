import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Suspense, useState } from "react";

import { buildExecutionQuery, type Execution } from "@/api/executions";
import type { Workflow } from "@/api/workflows";
import { part } from "@/app/parts";
import { toast } from "@/components/toast";

import { UnsavedRun } from "./unsaved-run";
import type { Definition } from "./use-definition";

const RunDialog = part(() => import("@/features/run/run-dialog"), "default");

/** Asks what is to run where the text is not saved, and then for what the run needs. */
export function StartRun({
  workflow,
  definition,
  from,
  onClose,
}: {
  workflow: Workflow;
  definition: Definition;
  from: string | undefined;
  onClose: () => void;
}) {
  const navigate = useNavigate();
  const [runsStored, setRunsStored] = useState(false);
  if (definition.dirty && !runsStored) {
    return (
      <UnsavedRun
        busy={definition.busy}
        onSave={() => definition.save({ onEnd: (isSaved) => !isSaved && onClose() })}
        onStored={() => setRunsStored(true)}
        onClose={onClose}
      />
    );
  }
  const started = ({ id }: Execution) => {
    const go = () => void navigate({ to: "/workflows/executions/$runId", params: { runId: id } });
    if (definition.dirty) {
      // Whoever writes is not led away from it.
      onClose();
      toast.success("Started what is stored", { action: { label: "Go to the run", run: go } });
    } else go();
  };
  return (
    <Suspense>
      <RunDialogFrom
        key={from}
        workflow={workflow}
        from={from}
        onStarted={started}
        onClose={onClose}
      />
    </Suspense>
  );
}

/** The run dialog, which begins with the values of a run when there is one to begin with. */
function RunDialogFrom({
  workflow,
  from,
  ...rest
}: {
  workflow: Workflow;
  from: string | undefined;
  onStarted: (run: Execution) => void;
  onClose: () => void;
}) {
  const { data: run, isError } = useQuery({
    ...buildExecutionQuery(from ?? ""),
    enabled: from !== undefined,
  });
  if (from !== undefined && run === undefined && !isError) return null;
  return <RunDialog workflow={workflow} {...rest} {...(run && { from: run })} />;
}
