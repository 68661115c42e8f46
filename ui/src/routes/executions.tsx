import { createRoute } from "@tanstack/react-router";

import { buildExecutionsQuery } from "@/api/executions";
import { pagePart } from "@/app/parts";
import { compact, oneOf, text } from "@/app/search-params";
import { SINCE, toFilters } from "@/features/executions/filters";

import { rootRoute } from "./root";

export const EXECUTION_SORTS = ["created_at", "started_at", "completed_at"] as const;

export const executionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/executions",
  validateSearch: (search: Record<string, unknown>) =>
    compact({
      /** One or more states, separated by commas. */
      status: text(search["status"]),
      /** Id of the definition, or name of the workflow. */
      workflow: text(search["workflow"]),
      /** Id or name of a project. */
      project: text(search["project"]),
      search: text(search["search"]),
      since: oneOf(SINCE, search["since"]),
      sort: oneOf(EXECUTION_SORTS, search["sort"]),
      order: oneOf(["asc", "desc"], search["order"]),
    }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    void context.queries
      .infiniteQuery(buildExecutionsQuery(toFilters(deps, Date.now())))
      .catch(() => undefined);
  },
  component: pagePart(() => import("@/features/executions/executions-page"), "ExecutionsPage"),
});
