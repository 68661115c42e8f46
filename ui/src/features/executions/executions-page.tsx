import { Page } from "@/components/page";

export function ExecutionsPage() {
  return <Page title="Executions">…</Page>;
}
