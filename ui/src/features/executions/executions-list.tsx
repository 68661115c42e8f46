import { useInfiniteQuery } from "@tanstack/react-query";
import { Play, SearchX } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from "react";

import { buildExecutionsQuery, type ExecutionFilters } from "@/api/executions";
import { useListKeys } from "@/app/use-list-keys";
import { cx } from "@/components/cx";
import { Damaged } from "@/components/damaged";
import { LoadMore } from "@/components/load-more";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";
import { useSelection } from "@/components/use-selection";

import { useProjectNames } from "@/features/projects/use-project-names";

import { BulkActions } from "./bulk-actions";
import { ExecutionRow } from "./execution-row";
import { useRowActions } from "./use-row-actions";

/** Runs, with what can be done with several of them. */
export function ExecutionsList({
  filters,
  nothing,
}: {
  filters: ExecutionFilters;
  /** Shown when no run fits what is asked for. */
  nothing?: ReactNode;
}) {
  const query = useInfiniteQuery(buildExecutionsQuery(filters));
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const ids = useMemo(() => runs.map(({ id }) => id), [runs]);
  const selection = useSelection(ids);
  const list = useRef<HTMLUListElement>(null);
  // Rows that have not changed are not drawn again.
  const toggle = useRef(selection.toggle);
  useEffect(() => {
    toggle.current = selection.toggle;
  });
  const select = useCallback((id: string, range: boolean) => toggle.current(id, range), []);
  useListKeys(list, {
    title: "Executions",
    onToggle: (id) => selection.toggle(id),
    onClear: selection.clear,
    selecting: selection.selected.length > 0,
  });
  const { act, dialogs } = useRowActions();
  const projects = useProjectNames();
  const inProject = filters.project_id !== undefined;
  const damaged = query.data?.pages.flatMap((page) => page.damaged ?? []) ?? [];

  if (query.isPending) return <ListSkeleton />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <Damaged items={damaged} />
      {runs.length === 0 && (nothing ?? <NoRuns />)}
      {runs.length > 0 && (
        <ul
          ref={list}
          aria-label="Executions"
          aria-busy={query.isPlaceholderData}
          className={cx(
            "rounded-lg border border-line bg-surface shadow-1",
            query.isPlaceholderData && "opacity-60 transition-opacity",
          )}
        >
          {runs.map((run) => (
            <ExecutionRow
              key={run.id}
              run={run}
              selected={selection.has(run.id)}
              // What all of them share is said above them.
              project={
                inProject || run.project_id === null ? undefined : projects.get(run.project_id)
              }
              called={filters.workflow_id === undefined ? "workflow" : "parameters"}
              selecting={selection.selected.length > 0}
              onSelect={select}
              onAct={act}
            />
          ))}
        </ul>
      )}
      <LoadMore
        more={query.hasNextPage}
        busy={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
      <BulkActions selection={selection} runs={runs} />
      {dialogs}
    </>
  );
}

export function NoMatch({ children }: { children?: ReactNode }) {
  return (
    <EmptyState icon={<SearchX />} title="Nothing fits" actions={children}>
      No run has all that is asked for.
    </EmptyState>
  );
}

function NoRuns() {
  return (
    <EmptyState icon={<Play />} title="No executions yet">
      What is started shows up here at once.
    </EmptyState>
  );
}

function ListSkeleton() {
  return (
    <Loading label="Loading executions">
      <div className="rounded-lg border border-line bg-surface shadow-1">
        {Array.from({ length: 8 }, (_, index) => (
          <div
            key={index}
            className="flex h-11 items-center gap-3 border-b border-line pr-3 pl-10 last:border-0"
          >
            <span className="flex shrink-0 sm:w-46">
              <Skeleton className="h-5 w-28 rounded-full" />
            </span>
            <Skeleton className="h-4 w-56" />
            <span className="flex-1" />
            <Skeleton className="h-3.5 w-24" />
          </div>
        ))}
      </div>
    </Loading>
  );
}
