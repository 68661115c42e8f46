import { createRoute } from "@tanstack/react-router";

import { buildWorkflowQuery } from "@/api/workflows";
import { pagePart } from "@/app/parts";
import { compact, oneOf, text } from "@/app/search-params";
import { readSearch } from "@/features/executions/filters";

import { rootRoute } from "./root";

export const WORKFLOW_TABS = ["stages", "yaml", "executions", "settings"] as const;

export const workflowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/$workflowId",
  validateSearch: (search: Record<string, unknown>) =>
    compact({
      // Its runs are listed as all runs are.
      ...readSearch(search),
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
