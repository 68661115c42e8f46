import { useInfiniteQuery } from "@tanstack/react-query";
import { useRef } from "react";

import { buildExecutionsQuery } from "@/api/executions";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { useNow } from "@/components/time";

import { ExecutionsList, NoMatch } from "./executions-list";
import { type ExecutionsSearch, isFiltered, NO_FILTERS, toFilters, type Within } from "./filters";
import { Toolbar } from "./toolbar";

export interface RunsProps {
  /** What the address says. */
  search: ExecutionsSearch;
  onChange: (change: Record<string, string | undefined>) => void;
  within?: Within;
}

/** What is asked for, and how many runs there are of it. */
export function useRuns(search: ExecutionsSearch, within?: Within) {
  const now = useNow(search.since === undefined ? null : 60_000);
  const filters = toFilters(search, now, within);
  const { data: total } = useInfiniteQuery({
    ...buildExecutionsQuery(filters),
    select: (data) => data.pages[0]?.total_count,
  });
  return { filters, total };
}

/** Runs with what can be asked of a list of them: all, or those of one workflow or project. */
export function Runs({ search, onChange, within }: RunsProps) {
  const { filters, total } = useRuns(search, within);
  const searchRef = useRef<HTMLInputElement>(null);
  useHotkeys("Executions", [
    { keys: "/", does: "Search in the list", run: () => searchRef.current?.focus() },
  ]);
  const filtered = isFiltered(search);
  return (
    <>
      {(filtered || total !== 0) && (
        <Toolbar
          search={search}
          total={total}
          within={within}
          onChange={onChange}
          searchRef={searchRef}
        />
      )}
      <ExecutionsList
        filters={filters}
        {...(filtered && {
          nothing: (
            <NoMatch>
              <Button onClick={() => onChange(NO_FILTERS)}>Clear the filters</Button>
            </NoMatch>
          ),
        })}
      />
    </>
  );
}
