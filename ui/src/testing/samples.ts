// Workflows and runs for tests.

import type { Execution } from "@/api/executions";
import type { Stage, Workflow } from "@/api/workflows";

const AT = "2026-03-05T12:00:00Z";

export function sampleStage(id: string, more: Partial<Stage> = {}): Stage {
  return {
    id,
    stage_id_ref: id,
    name: `Stage ${id}`,
    description: null,
    order_index: 0,
    stage_type: "agent",
    condition: null,
    depends_on: [],
    roles: { primary: { artifact: `agent:${id}` }, tools: [] },
    inputs: null,
    outputs: { text: { type: "string", required: true } },
    context: null,
    error_policy: {},
    handoff: null,
    gate: null,
    ui: null,
    ...more,
  };
}

export function sampleWorkflow(more: Partial<Workflow> = {}): Workflow {
  const id = more.id ?? "01a1fe84-0000-7000-8000-000000000001";
  return {
    id,
    uuid: id,
    workflow_key: "sample",
    name: "Sample",
    description: "What it is for",
    version: "1.0.0",
    status: "draft",
    is_valid: true,
    revision: 1,
    tags: ["docs"],
    project_id: null,
    stage_count: 2,
    definition_hash: "0".repeat(64),
    created_by: "local",
    created_at: AT,
    updated_at: AT,
    last_execution: null,
    ...more,
  };
}

export function sampleRun(more: Partial<Execution> = {}): Execution {
  return {
    id: "01a1fe84-0000-7000-8000-00000000000a",
    workflow_id: "01a1fe84-0000-7000-8000-000000000001",
    workflow_key: "sample",
    workflow_name: "Sample",
    workflow_version: "1.0.0",
    workflow_definition_hash: "0".repeat(64),
    status: "running",
    trigger: "manual",
    parameters: {},
    directory: null,
    project_id: null,
    created_by: "local",
    created_at: AT,
    updated_at: AT,
    started_at: AT,
    completed_at: null,
    duration_seconds: null,
    error_message: null,
    ...more,
  };
}
