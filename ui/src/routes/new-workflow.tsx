import { createRoute } from "@tanstack/react-router";

import { pagePart } from "@/app/parts";

import { rootRoute } from "./root";

export const newWorkflowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows/new",
  component: pagePart(() => import("@/features/workflow/new-workflow-page"), "NewWorkflowPage"),
});
