// All pages; each is a chunk of its own.

import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";

import { engine } from "@/api/engine";
import { buildFlagsQuery } from "@/api/settings";
import { Page } from "@/components/page";
import { ErrorState } from "@/components/states";
import { executionsRoute } from "@/routes/executions";
import { inboxRoute } from "@/routes/inbox";
import { libraryRoute } from "@/routes/library";
import { newWorkflowRoute } from "@/routes/new-workflow";
import { elsewhereRoutes } from "@/routes/elsewhere";
import { projectRoute, projectsRoute } from "@/routes/projects";
import { rootRoute } from "@/routes/root";
import { runRoute } from "@/routes/run";
import { settingsRoute } from "@/routes/settings";
import { workflowRoute } from "@/routes/workflow";

import { parseSearch, stringifySearch } from "./search-params";

const routeTree = rootRoute.addChildren([
  libraryRoute,
  newWorkflowRoute,
  workflowRoute,
  executionsRoute,
  runRoute,
  projectsRoute,
  projectRoute,
  inboxRoute,
  settingsRoute,
  ...elsewhereRoutes,
]);

export function createAppRouter(queries: QueryClient) {
  engine.begin();
  void queries.query(buildFlagsQuery()).catch(() => undefined);
  return createRouter({
    routeTree,
    basepath: "/ui",
    context: { queries },
    parseSearch,
    stringifySearch: (search) => stringifySearch(search as Record<string, string | undefined>),
    defaultPreload: "intent",
    defaultPreloadDelay: 40,
    search: { strict: true },
    // The cache of queries says what is fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    scrollToTopSelectors: ["#scroll"],
    // A part of the program that could not be loaded is asked for anew only by a new page.
    defaultErrorComponent: ({ error }) => (
      <Page title="Something went wrong">
        <ErrorState error={error} onRetry={() => location.reload()} />
      </Page>
    ),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
