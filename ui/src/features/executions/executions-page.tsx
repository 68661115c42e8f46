import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { Page } from "@/components/page";

import { countWords } from "./filters";
import { Runs, useRuns } from "./runs";

const route = getRouteApi("/workflows/executions");

export function ExecutionsPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/workflows/executions" });
  const { total } = useRuns(search);
  return (
    <Page title="Executions" description={total === undefined ? "\u00a0" : countWords(total)}>
      <Runs
        search={search}
        onChange={(change) => void navigate({ search: { ...search, ...change }, replace: true })}
      />
    </Page>
  );
}
