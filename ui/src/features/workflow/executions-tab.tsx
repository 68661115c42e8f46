import type { Workflow } from "@/api/workflows";
import { Runs, type RunsProps } from "@/features/executions/runs";

export function ExecutionsTab({
  workflow,
  ...rest
}: Omit<RunsProps, "within"> & { workflow: Workflow }) {
  return <Runs {...rest} within={{ workflow_id: workflow.id }} />;
}
