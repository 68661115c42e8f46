// What can be done with runs: how it is called, and where a run has to stand for it.

import type { ExecutionStatus } from "./status";

export type RunAction = "pause" | "resume" | "cancel" | "rerun";

export interface ActionWords {
  label: string;
  /** What came of it. */
  done: string;
  notDone: string;
}

/** In the order in which they are offered. */
export const RUN_ACTIONS: Readonly<Record<RunAction, ActionWords>> = {
  pause: { label: "Pause", done: "Paused", notDone: "Not paused" },
  resume: { label: "Resume", done: "Resumed", notDone: "Not resumed" },
  cancel: { label: "Cancel", done: "Cancelled", notDone: "Not cancelled" },
  rerun: { label: "Re-run", done: "Started again", notDone: "Not started again" },
};

/** What can be done with a run where it stands. */
export function actionsFor(status: ExecutionStatus): RunAction[] {
  switch (status) {
    case "pending":
      return ["cancel"];
    case "running":
    case "waiting_for_approval":
    case "waiting_for_input":
      return ["pause", "cancel"];
    case "paused":
      return ["resume", "cancel"];
    case "completed":
    case "failed":
    case "cancelled":
      return ["rerun"];
  }
}

/** Whether somebody is asked before: it ends what works, or it costs something. */
export function isConfirmed(action: RunAction): action is "cancel" | "rerun" {
  return action === "cancel" || action === "rerun";
}

/** Which action stands where. */
export function bySlot(actions: readonly RunAction[]): Partial<Record<string, RunAction>> {
  return Object.fromEntries(actions.map((action) => [slotOf(action), action]));
}

/** Where it stands: what takes the place of another on the page is the same control there. */
export function slotOf(action: RunAction): "hold" | "end" {
  return action === "pause" || action === "resume" ? "hold" : "end";
}
