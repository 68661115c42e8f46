import { createRoute } from "@tanstack/react-router";

import { part } from "@/app/parts";

import { rootRoute } from "./root";

export const newWorkflowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/new",
  component: part(() => import("@/features/workflow/new-workflow-page"), "NewWorkflowPage"),
});
