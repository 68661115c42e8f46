import { CircleAlert } from "lucide-react";
import { Fragment } from "react";

import type { Execution, Step } from "@/api/executions";
import { TimeLeft } from "@/components/time";
import { Words } from "@/features/waiting/words";
import { plainWords } from "@/model/ansi";
import { storyOf, type Waiting } from "@/model/run-story";
import { duration } from "@/model/time";

/** Named one by one; the others are counted. */
const NAMED = 3;
const SENTENCE_CHARS_MAX = 160;

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
      return <Words text={sentence(run.error_message ?? "Cancelled")} />;
    case "completed":
      return <Done run={run} onStage={onStage} />;
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
      <span className="line-clamp-2 min-w-0 [overflow-wrap:anywhere] pointer-coarse:line-clamp-none">
        {steps.length > 0 && (
          <>
            <Names steps={steps} onStage={onStage} />
            {": "}
          </>
        )}
        <Words text={sentence(steps[0]?.error_message ?? run.error_message ?? "It failed")} />
      </span>
    </p>
  );
}

/** The first line of what somebody wrote, as far as a head has room for it. */
function sentence(text: string): string {
  const first = plainWords(text).trim().split("\n", 1)[0]?.trimEnd() ?? "";
  if (first.length > SENTENCE_CHARS_MAX) {
    const space = first.lastIndexOf(" ", SENTENCE_CHARS_MAX);
    // One long word is cut itself, rather than left out.
    const end = space > SENTENCE_CHARS_MAX / 2 ? space : SENTENCE_CHARS_MAX;
    return `${first.slice(0, end).trimEnd()}…`;
  }
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

/** How long all of it took, and what most of that went into. */
function Done({ run, onStage }: { run: Execution; onStage: (stage: string) => void }) {
  const worked = (run.steps ?? []).filter(({ reused }) => !reused);
  const longest = worked.reduce<Step | undefined>(
    (most, step) => (secondsOf(step) > secondsOf(most) ? step : most),
    undefined,
  );
  const seconds = run.duration_seconds;
  return (
    <>
      {seconds === null ? "All is done." : `Done in ${duration(seconds)}.`}
      {longest && worked.length > 1 && (
        <>
          {" "}
          Longest: <Names steps={[longest]} onStage={onStage} />, {duration(secondsOf(longest))} of
          it.
        </>
      )}
    </>
  );
}

function secondsOf(step: Step | undefined): number {
  return step?.duration_seconds ?? 0;
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
            className="touch max-w-full rounded-sm text-left font-medium [overflow-wrap:anywhere] text-ink underline decoration-line-strong underline-offset-3 hover:decoration-ink-3"
          >
            <Words text={step.stage_name} />
          </button>
        </Fragment>
      ))}
      {steps.length > NAMED && ` and ${steps.length - NAMED} more`}
    </>
  );
}
