import { Link, useParams } from "@tanstack/react-router";

import { useLiveRun } from "@/api/live";
import { isCode } from "@/api/problem";
import { Button } from "@/components/button";
import { Page, useTitle } from "@/components/page";
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
  return <Coming />;
}

/** As the page will be, with nothing in it. */
function Coming() {
  useTitle("Run");
  return (
    <main id="main" aria-label="Run" tabIndex={-1} className="flex flex-1 flex-col outline-none">
      <Loading label="Loading the run">
        <div className="flex flex-col gap-3 border-b border-line px-4 pt-4 pb-4 opacity-60 sm:px-6 lg:px-8">
          <Skeleton className="h-4 w-48" />
          <Skeleton className="h-7 w-72" />
          <Skeleton className="h-5 w-96 max-w-full" />
          <Skeleton className="h-4 w-80 max-w-full" />
        </div>
        <div className="flex opacity-60">
          <div className="flex flex-1 flex-col gap-3 px-4 py-3 sm:px-6 lg:pl-8">
            <Skeleton className="h-9 w-80 max-w-full rounded-md" />
            <Skeleton className="h-[65vh] rounded-lg" />
          </div>
          <div className="flex w-[440px] flex-col gap-3 border-l border-line py-4 pr-8 pl-5 max-lg:hidden xl:w-[520px] 2xl:w-[620px]">
            <Skeleton className="h-7 w-56" />
            <Skeleton className="h-5 w-40" />
            <Skeleton className="mt-6 h-48 rounded-lg" />
          </div>
        </div>
      </Loading>
    </main>
  );
}
