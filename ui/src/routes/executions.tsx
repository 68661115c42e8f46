import { createRoute } from "@tanstack/react-router";

import { whenKnown } from "@/api/engine";
import { buildExecutionsQuery } from "@/api/executions";
import { serverNow } from "@/api/server-time";
import { pagePart } from "@/app/parts";
import { only } from "@/app/search-params";
import { toFilters } from "@/features/executions/filters";

import { rootRoute } from "./root";
import { readRuns } from "./runs";

export const executionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/executions",
  validateSearch: (search: Record<string, unknown>) => only(search, readRuns(search)),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    // The first answer of the server says what time it is there, too.
    void whenKnown()
      .then(() => context.queries.infiniteQuery(buildExecutionsQuery(toFilters(deps, serverNow()))))
      .catch(() => undefined);
  },
  component: pagePart(() => import("@/features/executions/executions-page"), "ExecutionsPage"),
});
