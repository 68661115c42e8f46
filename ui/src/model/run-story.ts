// What a run is about at this moment, in one line.

import type { Execution, Step } from "@/api/executions";

import { askedOf, compareDue, itemOf } from "./inbox";
import { isStepEnded, isStepFailed, isTerminal } from "./status";

export interface RunStory {
  /** What works, or what has failed in a run that has. */
  steps: readonly Step[];
  /** What waits for people, which other branches need not wait for. */
  waiting: Waiting | undefined;
}

export interface Waiting {
  /** What is due first comes first. */
  steps: readonly Step[];
  whom: string;
  /** When the first of them does not wait any longer. */
  deadline: string | null;
}

/** Where the run stands: what works, what waits, or what ended it. */
export function storyOf(run: Execution): RunStory {
  const steps = run.steps ?? [];
  const failed = steps.filter(({ status }) => isStepFailed(status));
  if (run.status === "failed") return { steps: failed, waiting: undefined };
  if (isTerminal(run.status)) return { steps: [], waiting: undefined };
  return { steps: steps.filter(({ status }) => status === "running"), waiting: waitingOf(run) };
}

function waitingOf(run: Execution): Waiting | undefined {
  const waiting = (run.steps ?? []).flatMap((step) => {
    const item = itemOf(run, step);
    return item ? [{ step, item }] : [];
  });
  const sorted = waiting.toSorted((a, b) => compareDue(a.item, b.item));
  const [first] = sorted;
  if (!first) return undefined;
  const whom = [...new Set(sorted.map(({ item }) => askedOf(item)))].join(" and ");
  return { steps: sorted.map(({ step }) => step), whom, deadline: first.item.deadline };
}

export interface RunProgress {
  done: number;
  failed: number;
  skipped: number;
  total: number;
  /** Nothing has begun yet. */
  initializing: boolean;
}

export function progressOf(run: Execution): RunProgress {
  const steps = run.steps ?? [];
  const count = (...states: Step["status"][]) =>
    steps.filter(({ status }) => states.includes(status)).length;
  return {
    done: count("completed"),
    failed: count("failed", "timed_out"),
    skipped: count("skipped"),
    total: steps.length,
    initializing: run.status === "pending",
  };
}

/** In the order of the plan: batch by batch, as they are written. */
export function inOrder(steps: readonly Step[]): Step[] {
  return steps.toSorted((a, b) => a.batch_index - b.batch_index);
}

/** What somebody most likely wants to see: what waits, works or has failed, else the last that ended. */
export function stageToShow(steps: readonly Step[]): Step | undefined {
  const first = (...states: Step["status"][]) => steps.find((step) => states.includes(step.status));
  return (
    first("waiting_for_approval", "waiting_for_input") ??
    first("running") ??
    first("failed", "timed_out") ??
    steps
      .filter((step) => step.completed_at !== null)
      .toSorted((a, b) => (a.completed_at ?? "").localeCompare(b.completed_at ?? ""))
      .at(-1) ??
    steps[0]
  );
}

/** The stages that start over with one: it, and what depends on it. */
export function dependentsOf(steps: readonly Step[], stage: string): ReadonlySet<string> {
  return withDependents(steps, [stage]);
}

/**
 * The stages that work in the repetition of a run from one of them: also what
 * did not end well anywhere else, and what depends on that.
 */
export function rerunsWith(steps: readonly Step[], stage: string): ReadonlySet<string> {
  const unfinished = steps.filter(({ status }) => status !== "completed" && status !== "skipped");
  return withDependents(steps, [stage, ...unfinished.map(({ stage_id }) => stage_id)]);
}

function withDependents(steps: readonly Step[], stages: readonly string[]): ReadonlySet<string> {
  const found = new Set(stages);
  for (const step of inOrder(steps)) {
    if (step.depends_on.some((id) => found.has(id))) found.add(step.stage_id);
  }
  return found;
}

/** Where work can be sent back to from a stage: itself when it has ended, or what came before. */
export function sendableTo(run: Execution, step: Step): Step[] {
  if (isTerminal(run.status)) return [];
  const steps = run.steps ?? [];
  const byId = new Map(steps.map((one) => [one.stage_id, one]));
  const found = new Set<Step>();
  const queue = [step];
  for (const one of queue) {
    if (found.has(one)) continue;
    found.add(one);
    for (const id of one.depends_on) {
      const before = byId.get(id);
      if (before) queue.push(before);
    }
  }
  return [...found].filter(
    ({ stage_type, status }) =>
      stage_type === "agent" && isStepEnded(status) && status !== "cancelled",
  );
}
