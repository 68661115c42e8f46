// What a message of a run's stream changes in what is known of the run.

import type { Execution, Step } from "@/api/executions";

import type { ExecutionStatus, StepStatus } from "./status";

/** The data of a message, as far as it matters here. */
export interface RunEvent {
  name: string;
  at: string;
  stage_id?: string;
  attempt?: number;
  iteration?: number;
  dispatch?: number;
  status?: string;
  error?: string | null;
  error_label?: string | null;
  outputs?: Record<string, unknown>;
  summary?: string | null;
}

const STEP_STATUS: Readonly<Record<string, StepStatus>> = {
  stage_started: "running",
  stage_retrying: "running",
  stage_answered: "running",
  stage_completed: "completed",
  stage_failed: "failed",
  stage_skipped: "skipped",
  stage_cancelled: "cancelled",
  stage_reset: "pending",
  stage_reopened: "pending",
  stage_waiting_for_input: "waiting_for_input",
  stage_waiting_for_approval: "waiting_for_approval",
  gate_approved: "completed",
  gate_rejected: "failed",
};

const ENDED: ReadonlySet<StepStatus> = new Set(["completed", "failed", "skipped", "cancelled"]);

/**
 * Applies a message at once, so that what is seen does not wait for a request;
 * what messages do not say is asked for afterwards.
 */
export function applyEvent(run: Execution, event: RunEvent): Execution {
  // A stream that starts over tells what the answer to a request has said already.
  if (Date.parse(event.at) < Date.parse(run.updated_at)) return run;
  const moved = { ...run, updated_at: event.at };
  switch (event.name) {
    case "execution_paused":
      return { ...moved, status: "paused" };
    case "execution_resumed":
    case "execution_reopened":
      return { ...moved, status: "running" };
    case "execution_completed":
      return {
        ...moved,
        status: (event.status ?? "completed") as ExecutionStatus,
        completed_at: event.at,
        error_message: event.error ?? null,
      };
  }
  const status = STEP_STATUS[event.name];
  if (status === undefined || !run.steps) return moved;
  const steps = run.steps.map((step) =>
    step.stage_id === event.stage_id ? applyToStep(step, event, status) : step,
  );
  return { ...moved, steps, status: statusOf(moved.status, steps) };
}

function applyToStep(step: Step, event: RunEvent, status: StepStatus): Step {
  const next: Step = { ...step, status };
  if (event.attempt !== undefined) next.attempt = event.attempt;
  if (event.iteration !== undefined) next.iteration = event.iteration;
  if (event.outputs !== undefined) next.outputs = event.outputs;
  if (event.summary !== undefined) next.summary = event.summary;
  if (status === "failed") {
    next.error_message = event.error ?? step.error_message;
    next.error_label = event.error_label ?? step.error_label;
  }
  const starts = event.name === "stage_started" || event.name === "stage_waiting_for_approval";
  if (starts) Object.assign(next, { started_at: event.at, completed_at: null });
  if (ENDED.has(status)) next.completed_at = event.at;
  return next;
}

/** A run waits when nothing in it runs and something asks. */
function statusOf(before: ExecutionStatus, steps: readonly Step[]): ExecutionStatus {
  if (before === "paused" || before === "cancelled") return before;
  const any = (status: StepStatus) => steps.some((step) => step.status === status);
  if (any("running")) return "running";
  if (any("waiting_for_approval")) return "waiting_for_approval";
  if (any("waiting_for_input")) return "waiting_for_input";
  return before;
}
