import { Check, X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";

import type { Execution, Step } from "@/api/executions";
import { useReply } from "@/api/steering";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { Field, Textarea } from "@/components/field";
import { toast } from "@/components/toast";
import { textAt } from "@/model/definition";

import { useKept } from "./drafts";
import { WaitingFacts } from "./waiting-facts";

/** The decision at a gate. Keys lead to the buttons; nothing is decided by one key. */
export function GateForm({
  run,
  step,
  children,
}: {
  run: Execution;
  step: Step;
  /** Other ways out, beside the two. */
  children?: ReactNode;
}) {
  const reply = useReply(run.id);
  const [reason, setReason, forget] = useKept(`${run.id}:${step.stage_id}:${step.iteration}`, "");
  const [error, setError] = useState<string>();
  const approve = useRef<HTMLButtonElement>(null);
  const reject = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const message = textAt(step.gate, "message");
  const next = (run.steps ?? []).filter(({ depends_on }) => depends_on.includes(step.stage_id));

  const decide = (kind: "approve" | "reject") => {
    if (kind === "reject" && reason.trim() === "") {
      setError("Say why, for those who have to mend it.");
      field.current?.focus();
      return;
    }
    const words = reason.trim() === "" ? {} : { reason: reason.trim() };
    reply.mutate(
      { kind, stage: step.stage_id, iteration: step.iteration, ...words },
      {
        onSuccess: () => {
          forget();
          toast.success(`${kind === "approve" ? "Approved" : "Rejected"}: ${step.stage_name}`);
        },
        onError: (problem) => toast.error("Not decided", problem),
      },
    );
  };
  useHotkeys("Gate", [
    { keys: "a", does: "To the button Approve", run: () => approve.current?.focus() },
    { keys: "r", does: "To the button Reject", run: () => reject.current?.focus() },
  ]);
  return (
    <section
      aria-label={`Decide: ${step.stage_name}`}
      data-tone="waiting"
      className="flex flex-col gap-3 rounded-lg border border-tone-solid/50 bg-surface p-4 shadow-1"
    >
      <p className="[overflow-wrap:anywhere] whitespace-pre-line text-ink">
        {message ?? "May the run go on?"}
      </p>
      <WaitingFacts step={step} />
      <Field label="Reason" hint="Kept in the history of the run." error={error}>
        {(ids) => (
          <Textarea
            {...ids}
            ref={field}
            className="min-h-16"
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
              setError(undefined);
            }}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          ref={approve}
          variant="primary"
          busy={reply.isPending}
          onClick={() => decide("approve")}
        >
          <Check aria-hidden="true" />
          Approve
        </Button>
        <Button ref={reject} busy={reply.isPending} onClick={() => decide("reject")}>
          <X aria-hidden="true" />
          Reject
        </Button>
        {children}
      </div>
      <p className="text-xs text-ink-3">
        {next.length === 0
          ? "Approved, the run can end well."
          : `Approved, it goes on with ${next.map(({ stage_name }) => stage_name).join(", ")}.`}{" "}
        Rejected, the run ends as failed.
      </p>
    </section>
  );
}
