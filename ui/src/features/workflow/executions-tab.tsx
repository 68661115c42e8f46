import type { Workflow } from "@/api/workflows";
import { ExecutionsList } from "@/features/executions/executions-list";

export function ExecutionsTab({ workflow }: { workflow: Workflow }) {
  return <ExecutionsList filters={{ workflow_id: workflow.id }} />;
}
