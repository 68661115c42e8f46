// What a run is about at this moment, in one line.

import type { Execution, Step } from "@/api/executions";

import { askedOf, itemOf } from "./inbox";
import { isStepEnded, isTerminal, isWaiting } from "./status";

export interface RunStory {
  /** The stages that the line is about, the first of them named first. */
  steps: readonly Step[];
  /** Whom it waits for, when it waits for people. */
  waitsFor: string | undefined;
  /** When it does not wait any longer. */
  deadline: string | null;
}

/** Where the run stands: what waits, what works, or what ended it. */
export function storyOf(run: Execution): RunStory {
  const steps = run.steps ?? [];
  const waiting = steps.filter((step) => isWaiting(step.status));
  const working = steps.filter((step) => step.status === "running");
  const failed = steps.filter((step) => step.status === "failed" || step.status === "timed_out");
  const [first] = waiting;
  const item = first && isWaiting(run.status) ? itemOf(run, first) : null;
  if (item) return { steps: waiting, waitsFor: askedOf(item), deadline: item.deadline };
  if (run.status === "failed") return { steps: failed, waitsFor: undefined, deadline: null };
  const now = run.status === "completed" || run.status === "cancelled" ? [] : working;
  return { steps: now.length > 0 ? now : [], waitsFor: undefined, deadline: null };
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

/** The stages that run again when a run is repeated from one: it, and what depends on it. */
export function dependentsOf(steps: readonly Step[], stage: string): ReadonlySet<string> {
  const found = new Set([stage]);
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
