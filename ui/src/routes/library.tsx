import { createRoute } from "@tanstack/react-router";

import { pagePart } from "@/app/parts";
import { oneOf, only, text } from "@/app/search-params";
import { buildWorkflowsQuery } from "@/api/workflows";
import { toFilters } from "@/features/library/filters";
import { WORKFLOW_STATUSES } from "@/model/status";

import { rootRoute } from "./root";

export const SORTS = ["updated_at", "created_at", "name"] as const;
export const VIEWS = ["grid", "list"] as const;

export const libraryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/workflows",
  validateSearch: (search: Record<string, unknown>) =>
    only(search, {
      search: text(search["search"]),
      tags: text(search["tags"]),
      status: oneOf(WORKFLOW_STATUSES, search["status"]),
      sort: oneOf(SORTS, search["sort"]),
      order: oneOf(["asc", "desc"], search["order"]),
      view: oneOf(VIEWS, search["view"]),
    }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    void context.queries.infiniteQuery(buildWorkflowsQuery(toFilters(deps))).catch(() => undefined);
  },
  component: pagePart(() => import("@/features/library/library-page"), "LibraryPage"),
});
