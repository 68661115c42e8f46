import { getRouteApi } from "@tanstack/react-router";

import { Page } from "@/components/page";

import { ExecutionsList } from "./executions-list";

const route = getRouteApi("/workflows/executions");

export function ExecutionsPage() {
  return (
    <Page title="Executions">
      <ExecutionsList filters={route.useSearch()} />
    </Page>
  );
}
