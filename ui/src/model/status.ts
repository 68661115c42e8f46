// The one table of states: their words, tones and icons.

import type { Schemas } from "@/api/client";

export type ExecutionStatus = Schemas["ExecutionStatus"];
export type StepStatus = Schemas["StepStatus"];
export type WorkflowStatus = Schemas["WorkflowStatus"];
export type Status = ExecutionStatus | StepStatus | WorkflowStatus;

/** Names a set of colours in src/styles/tokens.css. */
export type Tone =
  "neutral" | "running" | "completed" | "failed" | "waiting" | "paused" | "expired";

/** Names a drawing in src/components/status.tsx. */
export type Glyph =
  | "ring"
  | "spinner"
  | "check"
  | "cross"
  | "person"
  | "question"
  | "bars"
  | "slash"
  | "skip"
  | "clock"
  | "pencil"
  | "box";

export interface StatusLook {
  label: string;
  tone: Tone;
  glyph: Glyph;
  /** Something may still happen by itself. */
  moves: boolean;
}

const look = (label: string, tone: Tone, glyph: Glyph, moves = false): StatusLook => ({
  label,
  tone,
  glyph,
  moves,
});

export const STATUSES: Readonly<Record<Status, StatusLook>> = {
  pending: look("Pending", "neutral", "ring"),
  running: look("Running", "running", "spinner", true),
  waiting_for_approval: look("Waiting for approval", "waiting", "person", true),
  waiting_for_input: look("Waiting for an answer", "waiting", "question", true),
  paused: look("Paused", "paused", "bars"),
  completed: look("Completed", "completed", "check"),
  failed: look("Failed", "failed", "cross"),
  cancelled: look("Cancelled", "neutral", "slash"),
  skipped: look("Skipped", "neutral", "skip"),
  timed_out: look("Timed out", "expired", "clock"),
  draft: look("Draft", "neutral", "pencil"),
  published: look("Published", "completed", "check"),
  archived: look("Archived", "neutral", "box"),
};

export const EXECUTION_STATUSES: readonly ExecutionStatus[] = [
  "running",
  "waiting_for_approval",
  "waiting_for_input",
  "paused",
  "pending",
  "completed",
  "failed",
  "cancelled",
];

export const WORKFLOW_STATUSES: readonly WorkflowStatus[] = ["draft", "published", "archived"];

/** The run will never change again. */
export function isTerminal(status: ExecutionStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/** A person has to do something before it goes on. */
export function isWaiting(status: ExecutionStatus | StepStatus): boolean {
  return status === "waiting_for_approval" || status === "waiting_for_input";
}

/** The stage will not run any more unless somebody sends it back. */
export function isStepEnded(status: StepStatus): boolean {
  return !["pending", "running", "waiting_for_approval", "waiting_for_input"].includes(status);
}

/** The stage did not do what it should, or not in time. */
export function isStepFailed(status: StepStatus): boolean {
  return status === "failed" || status === "timed_out";
}

/** States in their words, to choose from. */
export function choicesOf(statuses: readonly Status[]) {
  return statuses.map((value) => ({ value, label: STATUSES[value].label }));
}
