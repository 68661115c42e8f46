import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { rootRoute } from "./root";

export const newWorkflowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/new",
  component: lazyRouteComponent(
    () => import("@/features/workflow/new-workflow-page"),
    "NewWorkflowPage",
  ),
});
