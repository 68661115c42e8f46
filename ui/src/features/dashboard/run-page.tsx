import { Link, useParams } from "@tanstack/react-router";

import { useLiveRun } from "@/api/live";
import { isCode } from "@/api/problem";
import { Button } from "@/components/button";
import { Page } from "@/components/page";
import { ErrorState, Loading, Nowhere, Skeleton } from "@/components/states";

import { Dashboard } from "./dashboard";

export function RunPage() {
  const { runId } = useParams({ from: "/workflows/executions/$runId" });
  // Another run is another page: nothing of the one before stays.
  return <LiveRun key={runId} id={runId} />;
}

function LiveRun({ id }: { id: string }) {
  const { data: run, error, refetch, connection, listen } = useLiveRun(id);
  if (run) return <Dashboard run={run} connection={connection} listen={listen} />;
  if (isCode(error, "not_found")) {
    const action = (
      <Button asChild>
        <Link to="/workflows/executions">Go to the executions</Link>
      </Button>
    );
    return (
      <Page title="No such run">
        <Nowhere action={action}>
          The address may be cut off, or the run is of another server.
        </Nowhere>
      </Page>
    );
  }
  if (error) {
    return (
      <Page title="Run">
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page title="Run" heading={<Skeleton className="h-7 w-72" />} wide>
      <Loading label="Loading the run">
        <div className="grid gap-4 lg:grid-cols-[1fr_480px]">
          <Skeleton className="h-112 rounded-lg" />
          <Skeleton className="h-112 rounded-lg" />
        </div>
      </Loading>
    </Page>
  );
}
