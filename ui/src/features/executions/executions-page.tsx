import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";

import { buildExecutionsQuery } from "@/api/executions";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { Page } from "@/components/page";
import { useNow } from "@/components/time";

import { ExecutionsList, NoMatch } from "./executions-list";
import { isFiltered, toFilters } from "./filters";
import { Toolbar } from "./toolbar";

const route = getRouteApi("/workflows/executions");
const NO_FILTERS = {
  status: undefined,
  workflow: undefined,
  project: undefined,
  search: undefined,
  since: undefined,
};

export function ExecutionsPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/workflows/executions" });
  const now = useNow(search.since === undefined ? null : 60_000);
  const filters = toFilters(search, now);
  const total = useInfiniteQuery({
    ...buildExecutionsQuery(filters),
    select: (data) => data.pages[0]?.total_count,
  }).data;
  const searchRef = useRef<HTMLInputElement>(null);
  useHotkeys("Executions", [
    { keys: "/", does: "Search in the list", run: () => searchRef.current?.focus() },
  ]);
  const change = (next: Record<string, string | undefined>) =>
    void navigate({ search: { ...search, ...next }, replace: true });
  const filtered = isFiltered(search);
  return (
    <Page
      title="Executions"
      description={total === undefined ? "\u00a0" : total === 1 ? "1 run" : `${total} runs`}
    >
      {(filtered || total !== 0) && (
        <Toolbar search={search} onChange={change} searchRef={searchRef} />
      )}
      <ExecutionsList
        filters={filters}
        {...(filtered && {
          nothing: (
            <NoMatch>
              <Button onClick={() => change(NO_FILTERS)}>Clear the filters</Button>
            </NoMatch>
          ),
        })}
      />
    </Page>
  );
}
