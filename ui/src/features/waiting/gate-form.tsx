import { Check, X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";

import type { Step } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { useReply } from "@/api/steering";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { Field, Textarea } from "@/components/field";
import { toast } from "@/components/toast";
import { requestOf } from "@/model/inbox";

import { useKept } from "@/app/drafts";
import { WaitingFacts } from "./waiting-facts";

/** The decision at a gate. Keys lead to the buttons; nothing is decided by one key. */
export function GateForm({
  item,
  steps,
  evidence,
  children,
}: {
  item: InboxItem;
  /** All of the run, as soon as they are known. */
  steps: readonly Step[] | undefined;
  /** What it is about, to be read before the decision. */
  evidence?: ReactNode;
  /** Other ways out, beside the two. */
  children?: ReactNode;
}) {
  const { execution_id: run, stage_id: stage, stage_name: name, iteration } = item;
  const reply = useReply(run);
  const [reason, setReason, forget] = useKept(`${run}:${stage}:${iteration}`, "");
  const [error, setError] = useState<string>();
  const approve = useRef<HTMLButtonElement>(null);
  const reject = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);

  const decide = (kind: "approve" | "reject") => {
    if (kind === "reject" && reason.trim() === "") {
      setError("Say why, for those who have to mend it.");
      field.current?.focus();
      return;
    }
    const words = reason.trim() === "" ? {} : { reason: reason.trim() };
    reply.mutate(
      { kind, stage, iteration, ...words },
      {
        onSuccess: () => {
          forget();
          toast.success(`${kind === "approve" ? "Approved" : "Rejected"}: ${name}`);
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
      aria-label={`Decide: ${name}`}
      data-tone="waiting"
      className="flex flex-col gap-3 rounded-lg border border-tone-solid/50 bg-surface p-4 shadow-1"
    >
      <p className="[overflow-wrap:anywhere] whitespace-pre-line text-ink">{requestOf(item)}</p>
      <WaitingFacts item={item} />
      {evidence}
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
        {steps && `${approved(steps, stage)} `}
        Rejected, the run ends as failed.
      </p>
    </section>
  );
}

function approved(steps: readonly Step[], stage: string): string {
  const next = steps.filter(({ depends_on }) => depends_on.includes(stage));
  if (next.length === 0) return "Approved, the run can end well.";
  return `Approved, it goes on with ${next.map(({ stage_name }) => stage_name).join(", ")}.`;
}
