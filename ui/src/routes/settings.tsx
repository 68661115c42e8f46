import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { compact, oneOf } from "@/app/search-params";

import { rootRoute } from "./root";

export const SETTINGS_TABS = ["general", "agents", "tokens", "server"] as const;

export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: (search: Record<string, unknown>) =>
    compact({ tab: oneOf(SETTINGS_TABS, search["tab"]) }),
  component: lazyRouteComponent(() => import("@/features/settings/settings-page"), "SettingsPage"),
});
