import { createRoute } from "@tanstack/react-router";

import { buildProjectQuery, buildProjectsQuery } from "@/api/projects";
import { pagePart } from "@/app/parts";
import { oneOf, only } from "@/app/search-params";

import { rootRoute } from "./root";
import { readRuns } from "./runs";

export const projectsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects",
  loader: ({ context }) => {
    void context.queries.query(buildProjectsQuery()).catch(() => undefined);
  },
  component: pagePart(() => import("@/features/projects/projects-page"), "ProjectsPage"),
});

export const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$projectId",
  validateSearch: (search: Record<string, unknown>) =>
    only(search, { ...readRuns(search), tab: oneOf(["runs", "skills"], search["tab"]) }),
  loader: ({ context, params }) => {
    void context.queries.query(buildProjectQuery(params.projectId)).catch(() => undefined);
  },
  component: pagePart(() => import("@/features/projects/project-page"), "ProjectPage"),
});
