import { CircleMinus } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";

import type { Execution, Step } from "@/api/executions";
import { ApiError, messageOf } from "@/api/problem";
import { useLeaveOut } from "@/api/steering";
import { Alert } from "@/components/alert";
import { Button } from "@/components/button";
import { CopyAs } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { Field, Input } from "@/components/field";
import { toast } from "@/components/toast";
import { curl } from "@/model/equivalents";

/** Has a run go on without a stage that has not started. */
export function LeaveOut({ run, step }: { run: Execution; step: Step }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <CircleMinus aria-hidden="true" />
        Leave out…
      </Button>
      {open && <LeaveOutDialog run={run} step={step} onClose={() => setOpen(false)} />}
    </>
  );
}

function LeaveOutDialog({
  run,
  step,
  onClose,
}: {
  run: Execution;
  step: Step;
  onClose: () => void;
}) {
  const leaveOut = useLeaveOut();
  const form = useId();
  const [reason, setReason] = useState("");
  const words = reason.trim() === "" ? {} : { reason: reason.trim() };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    leaveOut.mutate(
      { id: run.id, stage: step.stage_id, ...words },
      {
        onSuccess: () => {
          onClose();
          toast.success(`Left out: ${step.stage_name}`);
        },
      },
    );
  };
  const after = (run.steps ?? []).filter((one) => one.depends_on.includes(step.stage_id));
  const edits = { edits: [{ type: "delete", stage_id: step.stage_id }], ...words };
  const url = `${location.origin}/api/v1/workflow-executions/${run.id}/edits`;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Leave out “${step.stage_name}”?`}
      description="The run goes on without it; the workflow stays as it is."
      className="max-w-lg"
      footer={
        <>
          <CopyAs make={() => [{ label: "curl", text: curl("POST", url, edits) }]} />
          <span className="flex-1" />
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" form={form} variant="danger" busy={leaveOut.isPending}>
            Leave it out
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Reason" hint="Kept in the history of the run.">
          {(ids) => (
            <Input {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {after.length > 0 && (
          <p className="text-xs text-ink-3">
            These do not wait for it any more: {after.map((one) => one.stage_name).join(", ")}.
          </p>
        )}
        {leaveOut.error && <Refused error={leaveOut.error} />}
      </form>
    </Dialog>
  );
}

/** Why the run cannot do without it, each reason on a line. */
function Refused({ error }: { error: Error }) {
  const findings = error instanceof ApiError ? error.findings.map(({ message }) => message) : [];
  const why = findings.length > 0 ? findings : [messageOf(error)];
  return (
    <Alert>
      <p className="font-medium">Not left out</p>
      {why.map((words) => (
        <p key={words}>{words}</p>
      ))}
    </Alert>
  );
}
