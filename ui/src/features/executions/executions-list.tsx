import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";

import { buildExecutionsQuery, type ExecutionFilters } from "@/api/executions";
import { LoadMore } from "@/components/load-more";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";
import { StatusBadge } from "@/components/status";
import { Elapsed, RelativeTime } from "@/components/time";

/** Runs, the newest first. */
export function ExecutionsList({ filters }: { filters: ExecutionFilters }) {
  const query = useInfiniteQuery(buildExecutionsQuery(filters));
  if (query.isPending) {
    return (
      <Loading label="Loading executions">
        <Skeleton className="h-64 rounded-lg opacity-60" />
      </Loading>
    );
  }
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const runs = query.data.pages.flatMap((page) => page.items);
  if (runs.length === 0) {
    return (
      <EmptyState icon={<Play />} title="No executions">
        What is started shows up here at once.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="rounded-lg border border-line bg-surface shadow-1">
        {runs.map((run) => (
          <li
            key={run.id}
            className="relative flex min-h-11 items-center gap-4 border-b border-line px-4 py-1.5 text-sm last:border-0 hover:bg-hover"
          >
            <span className="w-44">
              <StatusBadge status={run.status} />
            </span>
            <Link
              to="/workflows/executions/$runId"
              params={{ runId: run.id }}
              className="min-w-0 flex-1 truncate font-medium before:absolute before:inset-0"
            >
              {run.workflow_name}
            </Link>
            <RelativeTime at={run.created_at} className="text-xs text-ink-3" />
            <Elapsed
              from={run.started_at}
              to={run.completed_at}
              className="w-20 text-right text-xs text-ink-3"
            />
          </li>
        ))}
      </ul>
      <LoadMore
        more={query.hasNextPage}
        busy={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </>
  );
}
