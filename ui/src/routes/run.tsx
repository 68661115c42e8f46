import { createRoute } from "@tanstack/react-router";

import { buildExecutionQuery } from "@/api/executions";
import { pagePart } from "@/app/parts";
import { oneOf, only, text } from "@/app/search-params";

import { rootRoute } from "./root";

export const RUN_VIEWS = ["graph", "timeline", "table", "log", "about"] as const;

/** The dashboard of one run. A run of a text has no workflow, so its path does without. */
export const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/executions/$runId",
  validateSearch: (search: Record<string, unknown>) =>
    only(search, {
      stage: text(search["stage"]),
      view: oneOf(RUN_VIEWS, search["view"]),
      /** Of the stage's panel. */
      tab: text(search["tab"]),
      /** A line of the log. */
      line: text(search["line"]),
    }),
  loader: ({ context, params }) => {
    void context.queries.query(buildExecutionQuery(params.runId)).catch(() => undefined);
  },
  component: pagePart(() => import("@/features/dashboard/run-page"), "RunPage"),
});
