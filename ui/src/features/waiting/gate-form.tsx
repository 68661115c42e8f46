import { Check, X } from "lucide-react";
import { type ReactNode, type RefObject, useRef, useState } from "react";

import type { Step } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { useReply } from "@/api/steering";
import { useKept } from "@/app/drafts";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { Field, Textarea } from "@/components/field";
import { toast } from "@/components/toast";
import { plainWords } from "@/model/ansi";
import { requestOf } from "@/model/inbox";

import { useReturnedFocus } from "./use-returned-focus";
import { WaitingFacts } from "./waiting-facts";
import { Words } from "./words";

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
  const { execution_id: run, stage_id: stage, iteration } = item;
  const name = plainWords(item.stage_name);
  const reply = useReply(run);
  const [reason, setReason, forget] = useKept(`${run}:${stage}:${iteration}`, "");
  const [error, setError] = useState<string>();
  const approve = useRef<HTMLButtonElement>(null);
  const reject = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);

  const back = useReturnedFocus();
  // What is decided stays decided, also until the page knows what came of it.
  const busy = reply.isPending || reply.isSuccess;

  const decide = async (kind: "approve" | "reject", pressed: RefObject<HTMLElement | null>) => {
    if (kind === "reject" && reason.trim() === "") {
      setError("Say why, for those who have to mend it.");
      field.current?.focus();
      return;
    }
    const words = reason.trim() === "" ? {} : { reason: reason.trim() };
    try {
      await reply.mutateAsync({ kind, stage, iteration, ...words });
      forget();
    } catch (problem) {
      toast.error("Not decided", problem);
      back.to(pressed);
    }
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
      <p className="[overflow-wrap:anywhere] whitespace-pre-line text-ink">
        <Words text={requestOf(item)} />
      </p>
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
          busy={busy}
          onClick={() => void decide("approve", approve)}
        >
          <Check aria-hidden="true" />
          Approve
        </Button>
        <Button ref={reject} busy={busy} onClick={() => void decide("reject", reject)}>
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
  return `Approved, it goes on with ${next.map(({ stage_name }) => plainWords(stage_name)).join(", ")}.`;
}
