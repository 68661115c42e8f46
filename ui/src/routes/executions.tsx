import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { buildExecutionsQuery } from "@/api/executions";
import { compact, text } from "@/app/search-params";

import { rootRoute } from "./root";

export const executionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/executions",
  validateSearch: (search: Record<string, unknown>) =>
    compact({
      /** One or more states, separated by commas. */
      status: text(search["status"]),
      /** Id of the definition, or name of the workflow. */
      workflow: text(search["workflow"]),
    }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    void context.queries.infiniteQuery(buildExecutionsQuery(deps)).catch(() => undefined);
  },
  component: lazyRouteComponent(
    () => import("@/features/executions/executions-page"),
    "ExecutionsPage",
  ),
});
