import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { isPhone } from "@/app/phone";
import { remembered } from "@/app/remembered";
import { compact } from "@/app/search-params";
import type { RUN_VIEWS } from "@/routes/run";

const route = getRouteApi("/workflows/executions/$runId");

export type RunViewName = (typeof RUN_VIEWS)[number];

const lastView = remembered<RunViewName>("baton.run.view", ["graph", "timeline", "table"]);

export interface RunSearch {
  stage?: string | undefined;
  view?: RunViewName | undefined;
  tab?: string | undefined;
  line?: string | undefined;
}

/** What the address says is looked at, and a way to change it. */
export function useRunSearch() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/workflows/executions/$runId" });
  const change = (next: RunSearch) => {
    if (next.view !== undefined) lastView.write(next.view);
    void navigate({
      search: (before) => compact({ ...before, ...next }),
      replace: true,
      resetScroll: false,
    });
  };
  return {
    search: { ...search, view: search.view ?? (isPhone() ? "table" : lastView.read()) },
    change,
  };
}
