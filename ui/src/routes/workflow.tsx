import { createRoute } from "@tanstack/react-router";

import { buildWorkflowQuery } from "@/api/workflows";
import { pagePart } from "@/app/parts";
import { oneOf, only, text } from "@/app/search-params";

import { rootRoute } from "./root";
import { readRuns } from "./runs";

export const WORKFLOW_TABS = ["stages", "yaml", "executions", "settings"] as const;

export const workflowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/$workflowId",
  validateSearch: (search: Record<string, unknown>) =>
    only(search, {
      // Its runs are listed as all runs are.
      ...readRuns(search),
      tab: oneOf(WORKFLOW_TABS, search["tab"]),
      /** The stage that is looked at. */
      stage: text(search["stage"]),
      view: oneOf(["graph", "list"], search["view"]),
      /** The run dialog is open. */
      run: oneOf(["open"], search["run"]),
      /** The run whose values it begins with. */
      from: text(search["from"]),
    }),
  loader: ({ context, params }) => {
    void context.queries.query(buildWorkflowQuery(params.workflowId)).catch(() => undefined);
  },
  component: pagePart(() => import("@/features/workflow/workflow-page"), "WorkflowPage"),
});
