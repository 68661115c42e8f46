import { Page } from "@/components/page";

export function NewWorkflowPage() {
  return <Page title="NewWorkflow">…</Page>;
}
