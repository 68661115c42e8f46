// What waits for a person, in all runs.

import { queryOptions } from "@tanstack/react-query";

import { client, data, type Schemas } from "./client";
import { executionKeys } from "./executions";
import { pollEvery } from "./query";

export type InboxItem = Schemas["InboxItem"];

export function buildInboxQuery() {
  return queryOptions({
    queryKey: executionKeys.inbox,
    queryFn: ({ signal }) => data(client.GET("/api/v1/inbox", { signal })),
    staleTime: 2_000,
    refetchInterval: () => pollEvery(5_000),
    // Notifications are for those who look elsewhere.
    refetchIntervalInBackground: true,
  });
}
