import { CircleAlert } from "lucide-react";
import { Fragment } from "react";

import type { Execution, Step } from "@/api/executions";
import { TimeLeft } from "@/components/time";
import { storyOf, type Waiting } from "@/model/run-story";

/** Named one by one; the others are counted. */
const NAMED = 3;

/** Where the run stands and whom it waits for, in one line. */
export function Story({ run, onStage }: { run: Execution; onStage: (stage: string) => void }) {
  const { steps, waiting } = storyOf(run);
  if (run.status === "failed") return <Incident run={run} steps={steps} onStage={onStage} />;
  const waits = waiting && <Waits waiting={waiting} onStage={onStage} />;
  // What waits is all there is to say of a run in which nothing else goes on.
  const alone = waits && steps.length === 0 && run.status !== "paused";
  return (
    <p className="text-sm text-ink-2">
      {!alone && <Progressing run={run} steps={steps} onStage={onStage} />}
      {waits && !alone && " "}
      {waits}
    </p>
  );
}

interface StoryProps {
  run: Execution;
  steps: readonly Step[];
  onStage: (stage: string) => void;
}

function Progressing({ run, steps, onStage }: StoryProps) {
  const names = <Names steps={steps} onStage={onStage} />;
  switch (run.status) {
    case "pending":
      return "About to start.";
    case "paused":
      return (
        <>
          Nothing new starts until somebody resumes it
          {steps.length > 0 && (
            <>
              ; {names} {steps.length === 1 ? "goes" : "go"} on
            </>
          )}
          .
        </>
      );
    case "cancelled":
      return sentence(run.error_message ?? "Cancelled");
    case "completed":
      return "All is done.";
    default:
      return steps.length === 0 ? "Nothing works at this moment." : <>Working on {names}.</>;
  }
}

function Waits({
  waiting: { steps, whom, deadline },
  onStage,
}: {
  waiting: Waiting;
  onStage: (stage: string) => void;
}) {
  return (
    <>
      <Names steps={steps} onStage={onStage} /> {steps.length === 1 ? "waits" : "wait"} for{" "}
      <strong className="font-semibold text-ink">{whom}</strong>
      {deadline !== null && (
        <>
          , {steps.length > 1 && "the first "}
          <TimeLeft at={deadline} />
        </>
      )}
      .
    </>
  );
}

function Incident({ run, steps, onStage }: StoryProps) {
  return (
    <p data-tone="failed" className="flex items-start gap-2 text-sm text-ink-2">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-tone" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {steps.length > 0 && (
          <>
            <Names steps={steps} onStage={onStage} />
            {": "}
          </>
        )}
        {sentence(steps[0]?.error_message ?? run.error_message ?? "It failed")}
      </span>
    </p>
  );
}

function sentence(text: string): string {
  const trimmed = text.trim().slice(0, 300);
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function Names({ steps, onStage }: { steps: readonly Step[]; onStage: (id: string) => void }) {
  const named = steps.slice(0, NAMED);
  return (
    <>
      {named.map((step, index) => (
        <Fragment key={step.stage_id}>
          {index > 0 && ", "}
          <button
            type="button"
            onClick={() => onStage(step.stage_id)}
            className="touch rounded-sm text-left font-medium text-ink underline decoration-line-strong underline-offset-3 hover:decoration-ink-3"
          >
            {step.stage_name}
          </button>
        </Fragment>
      ))}
      {steps.length > NAMED && ` and ${steps.length - NAMED} more`}
    </>
  );
}
