// What became of something that waited for a person.

import type { Execution, Step } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";

import { plainWords } from "./ansi";
import { textAt } from "./definition";
import { inOrder } from "./run-story";

export interface Outcome {
  kind: "approved" | "rejected" | "answered" | "returned" | "over";
  /** How it ended, to be followed by who did it. */
  words: string;
  /** Nobody who has a name. */
  by: string | null;
  at: string | null;
  reason: string | null;
}

/** How the server calls whoever needs no name, because nobody else is there. */
const NAMELESS = "local";

/**
 * What became of it, by what is known of the run; null while it waits, and while
 * what is known of the run is older than the request.
 */
export function outcomeOf(run: Execution, item: InboxItem): Outcome | null {
  const step = run.steps?.find(({ stage_id }) => stage_id === item.stage_id);
  if (step === undefined) return run.steps ? over("Left out of the run") : null;
  if (item.kind === "gate" && step.iteration === item.iteration) {
    const by = textAt(step.gate, "decided_by");
    if (by !== undefined) {
      const approved = step.status === "completed";
      return {
        kind: approved ? "approved" : "rejected",
        words: approved ? "Approved" : "Rejected",
        by: named(by),
        at: step.completed_at,
        reason: textAt(step.gate, "reason") ?? null,
      };
    }
    // Whoever decided is told a little later than that somebody did.
    if (step.status === "completed") return { ...over("Approved"), kind: "approved" };
    if (step.status === "failed" || step.status === "timed_out") return over("Not approved");
  }
  if (item.kind === "question" && step.dispatch === item.dispatch && step.question?.answers) {
    const { answered_by } = step.question;
    const by = named(answered_by ?? undefined);
    return { kind: "answered", words: "Answered", by, at: null, reason: null };
  }
  if (run.status === "cancelled") return over("The run was cancelled");
  if (step.iteration > item.iteration) return returned(run.steps ?? [], step, item);
  if (step.dispatch > item.dispatch) return over("It went on");
  return null;
}

/** Starts over with a stage that somebody has sent back since it was asked. */
function returned(steps: readonly Step[], step: Step, item: InboxItem): Outcome {
  const before = allBefore(steps, step);
  const sent = inOrder(steps).find((one) => before.has(one.stage_id) && beganSince(one, item));
  if (!sent?.feedback) return over("It went on");
  const { by, text } = sent.feedback;
  const words = `Sent back to “${plainWords(sent.stage_name)}”`;
  return { kind: "returned", words, by: named(by), at: null, reason: text };
}

/** Whether it was told what should be different, and works on that or has done so. */
function beganSince({ feedback, completed_at, started_at }: Step, { since }: InboxItem): boolean {
  if (feedback === null) return false;
  if (completed_at === null || started_at === null) return true;
  return Date.parse(started_at) >= Date.parse(since);
}

function allBefore(steps: readonly Step[], step: Step): ReadonlySet<string> {
  const found = new Set(step.depends_on);
  for (const one of inOrder(steps).toReversed()) {
    if (found.has(one.stage_id)) one.depends_on.forEach((id) => found.add(id));
  }
  return found;
}

function over(words: string): Outcome {
  return { kind: "over", words, by: null, at: null, reason: null };
}

function named(by: string | undefined): string | null {
  return by === undefined || by === NAMELESS ? null : by;
}

/** In one sentence, for those who hear it. */
export function outcomeWords({ words, by }: Outcome): string {
  return by === null ? words : `${words} by ${by}`;
}
