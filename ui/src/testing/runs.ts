// Runs and steps for tests, with as much as the test cares for.

import type { Execution, Step } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { itemOf } from "@/model/inbox";

export function makeStep(parts: Partial<Step> = {}): Step {
  const id = parts.stage_id ?? "a";
  return {
    id: `step-${id}`,
    execution_id: "run-1",
    stage_id: id,
    stage_name: `Stage ${id}`,
    stage_type: "agent",
    batch_index: 0,
    depends_on: [],
    agent: "agent:writer",
    status: "pending",
    iteration: 1,
    attempt: 0,
    dispatch: 0,
    inputs: null,
    outputs: null,
    error_label: null,
    error_message: null,
    gate: null,
    question: null,
    feedback: null,
    summary: null,
    reused: false,
    started_at: null,
    completed_at: null,
    duration_seconds: null,
    ...parts,
  };
}

/** Three stages, each of which waits for the one before; the first has ended. */
export const DRAFT = makeStep({
  stage_id: "draft",
  stage_name: "Write a draft",
  status: "completed",
});
export const REVIEW = makeStep({
  stage_id: "review",
  stage_name: "Review it",
  depends_on: ["draft"],
  batch_index: 1,
});
export const PUBLISH = makeStep({
  stage_id: "publish",
  stage_name: "Publish it",
  depends_on: ["review"],
  batch_index: 2,
});

export function makeRun(parts: Partial<Execution> = {}): Execution {
  return {
    id: "01a1fea5-1679-7693-911f-fcb8fc5ea496",
    workflow_id: "workflow-1",
    workflow_key: "first-steps",
    workflow_name: "First Steps",
    workflow_version: "1.0.0",
    workflow_definition_hash: "147c19755d2b5e505b1a4fd197a0aa72",
    status: "running",
    trigger: "manual",
    parameters: {},
    directory: null,
    project_id: null,
    created_by: "local",
    created_at: "2026-01-01T09:00:00Z",
    updated_at: "2026-01-01T09:00:00Z",
    started_at: "2026-01-01T09:00:00Z",
    completed_at: null,
    duration_seconds: null,
    error_message: null,
    steps: [],
    ...parts,
  };
}

/** What the server would say that these runs wait for. */
export function itemsOf(runs: readonly Execution[]): InboxItem[] {
  return runs
    .flatMap((run) => (run.steps ?? []).map((step) => itemOf(run, step)))
    .filter((item) => item !== null)
    .sort((a, b) => a.since.localeCompare(b.since));
}
