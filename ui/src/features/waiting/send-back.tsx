import { Undo2 } from "lucide-react";
import { useState } from "react";

import type { Execution, Step } from "@/api/executions";
import { useReply } from "@/api/steering";
import { useKept } from "@/app/drafts";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field, Select, Textarea } from "@/components/field";
import { toast } from "@/components/toast";
import { plainWords } from "@/model/ansi";
import { dependentsOf, sendableTo } from "@/model/run-story";

/**
 * Has work done again with what should be different: that of a stage, or of
 * one before it; with `own`, only its own.
 */
export function SendBack({
  run,
  step,
  own = false,
}: {
  run: Execution;
  step: Step;
  own?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const choices = sendableTo(run, step).filter((one) => !own || one === step);
  if (choices.length === 0) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Undo2 aria-hidden="true" />
        Send back…
      </Button>
      {open && (
        <SendBackDialog
          run={run}
          from={step.stage_id}
          choices={choices}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function SendBackDialog({
  run,
  from,
  choices,
  onClose,
}: {
  run: Execution;
  /** The stage at which somebody found that it should be different. */
  from: string;
  choices: readonly Step[];
  onClose: () => void;
}) {
  const reply = useReply(run.id);
  const [stage, setStage] = useState(choices[0]?.stage_id ?? "");
  const [feedback, setFeedback, forget] = useKept(`${run.id}:${from}:send-back`, "");
  const again = dependentsOf(run.steps ?? [], stage);
  const begun = (run.steps ?? []).filter(
    ({ stage_id, status }) => stage_id !== stage && again.has(stage_id) && status !== "pending",
  );
  const send = async () => {
    const words = feedback.trim() === "" ? {} : { feedback: feedback.trim() };
    try {
      const sent = await reply.mutateAsync({ kind: "reopen", stage, ...words });
      forget();
      toast.success(`Sent back: ${plainWords(sent.stage_name)}`);
      onClose();
    } catch (problem) {
      toast.error("Not sent back", problem);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Send back"
      description="The stage runs again, with your words and what it brought before."
      className="max-w-lg"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button variant="primary" busy={reply.isPending} onClick={() => void send()}>
            Send back
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {choices.length > 1 && (
          <Field label="Which stage">
            {(ids) => (
              <Select
                {...ids}
                className="w-full"
                value={stage}
                onChange={(event) => setStage(event.target.value)}
              >
                {choices.map((one) => (
                  <option key={one.stage_id} value={one.stage_id}>
                    {plainWords(one.stage_name)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Field label="What should be different">
          {(ids) => (
            <Textarea
              {...ids}
              className="min-h-28"
              value={feedback}
              onChange={(event) => setFeedback(event.target.value)}
            />
          )}
        </Field>
        {begun.length > 0 && (
          <p className="text-xs text-ink-3">
            These start over with it:{" "}
            {begun.map(({ stage_name }) => plainWords(stage_name)).join(", ")}.
          </p>
        )}
      </div>
    </Dialog>
  );
}
