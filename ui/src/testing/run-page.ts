// What the page of a run asks a server for.

import type { Execution } from "@/api/executions";

import { fakeServer, FLAGS, page, Stream } from "./server";

/** Answers with the run as it is then, to which nothing has happened; or with what `more` says. */
export function serveRun(run: () => Execution, more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflow-executions": () => page([]),
    "GET /workflow-executions/*": run,
    "GET /workflow-executions/*/events": () => page([]),
    "GET /workflow-executions/*/logs": () => page([]),
    "GET /workflow-executions/*/stream": () => new Stream(),
    ...more,
  });
}
