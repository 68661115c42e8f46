import { createRoute } from "@tanstack/react-router";

import { buildProjectQuery, buildProjectsQuery } from "@/api/projects";
import { pagePart } from "@/app/parts";
import { compact, oneOf } from "@/app/search-params";
import { readSearch } from "@/features/executions/filters";

import { rootRoute } from "./root";

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
    compact({ ...readSearch(search), tab: oneOf(["runs", "skills"], search["tab"]) }),
  loader: ({ context, params }) => {
    void context.queries.query(buildProjectQuery(params.projectId)).catch(() => undefined);
  },
  component: pagePart(() => import("@/features/projects/project-page"), "ProjectPage"),
});
