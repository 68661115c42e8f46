import { createRoute } from "@tanstack/react-router";

import { pagePart } from "@/app/parts";
import { oneOf, only } from "@/app/search-params";

import { rootRoute } from "./root";

export const SETTINGS_TABS = ["general", "agents", "tokens", "server"] as const;

export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: (search: Record<string, unknown>) =>
    only(search, { tab: oneOf(SETTINGS_TABS, search["tab"]) }),
  component: pagePart(() => import("@/features/settings/settings-page"), "SettingsPage"),
});
