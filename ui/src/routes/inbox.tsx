import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { compact, text } from "@/app/search-params";

import { rootRoute } from "./root";

export const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: (search: Record<string, unknown>) =>
    compact({
      /** What is looked at: `<run>:<stage>`. */
      item: text(search["item"]),
    }),
  component: lazyRouteComponent(() => import("@/features/inbox/inbox-page"), "InboxPage"),
});
