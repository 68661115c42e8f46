// Runs that may wait for a person. The list says which runs have changed; only
// those are asked for with their steps.

import { queryOptions } from "@tanstack/react-query";

import { client, data } from "./client";
import { type Execution, executionKeys, fetchExecution } from "./executions";
import { pollEvery } from "./query";

/** Branches that go on keep a run `running` while another one waits. */
const STATES = "waiting_for_approval,waiting_for_input,running,paused";

const known = new Map<string, Execution>();

async function withSteps(row: Execution, signal: AbortSignal): Promise<Execution> {
  const before = known.get(row.id);
  if (before?.updated_at === row.updated_at) return before;
  const run = await fetchExecution(row.id, signal);
  known.set(row.id, run);
  return run;
}

export function buildWaitingQuery() {
  return queryOptions({
    queryKey: executionKeys.waiting,
    queryFn: async ({ signal }) => {
      const query = { status: STATES, limit: 200 };
      const page = await data(
        client.GET("/api/v1/workflow-executions", { params: { query }, signal }),
      );
      const ids = new Set(page.items.map((run) => run.id));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      return Promise.all(page.items.map((run) => withSteps(run, signal)));
    },
    staleTime: 2_000,
    refetchInterval: () => pollEvery(5_000),
    // Notifications are for those who look elsewhere.
    refetchIntervalInBackground: true,
  });
}
