import { useQuery } from "@tanstack/react-query";

import { buildExecutionQuery } from "@/api/executions";
import { isCode } from "@/api/problem";
import { Button } from "@/components/button";
import { ErrorState, Loading, Nowhere, Skeleton } from "@/components/states";
import { itemOf, requestAt } from "@/model/inbox";

import { type DetailProps, InboxDetail } from "./inbox-detail";

/** What an address leads to that is not among what waits: the run knows what became of it. */
export function MissedDetail({
  name,
  onBack,
  ...rest
}: Omit<DetailProps, "item" | "answered"> & {
  /** As addresses call it: the run and its stage. */
  name: string;
  onBack: () => void;
}) {
  const [runId = "", stage = ""] = name.split(":");
  const query = useQuery({ ...buildExecutionQuery(runId), refetchOnMount: "always" });
  const run = query.data;
  const step = run?.steps?.find(({ stage_id }) => stage_id === stage);
  if (run && step) {
    const waits = itemOf(run, step);
    return <InboxDetail {...rest} item={waits ?? requestAt(run, step)} answered={waits === null} />;
  }
  if (query.isError && !isCode(query.error, "not_found")) {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.isPending) {
    return (
      <Loading label="Loading what waits">
        <Skeleton className="h-64 rounded-lg opacity-60" />
      </Loading>
    );
  }
  return (
    <Nowhere action={<Button onClick={onBack}>Show all that waits</Button>}>
      The address may be cut off, or the run is of another server.
    </Nowhere>
  );
}
