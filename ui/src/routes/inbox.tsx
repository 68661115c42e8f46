import { createRoute } from "@tanstack/react-router";

import { pagePart } from "@/app/parts";
import { only, text } from "@/app/search-params";

import { rootRoute } from "./root";

export const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: (search: Record<string, unknown>) =>
    only(search, {
      /** What is looked at: `<run>:<stage>`. */
      item: text(search["item"]),
      /** Id or name of a project. */
      project: text(search["project"]),
    }),
  component: pagePart(() => import("@/features/inbox/inbox-page"), "InboxPage"),
});
