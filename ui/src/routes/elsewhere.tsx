// Addresses that lead to a page with another one.

import { createRoute, redirect } from "@tanstack/react-router";

import { rootRoute } from "./root";

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/workflows", replace: true });
  },
});

const executions = createRoute({
  getParentRoute: () => rootRoute,
  path: "/executions",
  beforeLoad: () => {
    throw redirect({ to: "/workflows/executions", replace: true });
  },
});

const ofWorkflow = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/$workflowId/executions",
  beforeLoad: ({ params }) => {
    const search = { tab: "executions" } as const;
    throw redirect({ to: "/workflows/$workflowId", params, search, replace: true });
  },
});

const runOfWorkflow = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/$workflowId/executions/$runId",
  beforeLoad: ({ params: { runId } }) => {
    throw redirect({ to: "/workflows/executions/$runId", params: { runId }, replace: true });
  },
});

export const elsewhereRoutes = [home, executions, ofWorkflow, runOfWorkflow] as const;
