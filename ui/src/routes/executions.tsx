import { createRoute } from "@tanstack/react-router";

import { buildExecutionsQuery } from "@/api/executions";
import { pagePart } from "@/app/parts";
import { readSearch, toFilters } from "@/features/executions/filters";

import { rootRoute } from "./root";

export const executionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/executions",
  validateSearch: readSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    void context.queries
      .infiniteQuery(buildExecutionsQuery(toFilters(deps, Date.now())))
      .catch(() => undefined);
  },
  component: pagePart(() => import("@/features/executions/executions-page"), "ExecutionsPage"),
});
