import { X } from "lucide-react";
import type { ComponentProps, RefObject } from "react";

import { Button } from "@/components/button";
import { Options } from "@/components/choices";
import { Filters, OrderFilter, SelectFilter } from "@/components/filters";
import { SearchField } from "@/components/search-field";
import { ProjectFilter } from "@/features/projects/project-filter";
import { choicesOf, EXECUTION_STATUSES } from "@/model/status";

import {
  countFilters,
  countWords,
  type ExecutionsSearch,
  NO_FILTERS,
  type Within,
} from "./filters";

/** States that are looked for together. */
const GROUPS = [
  { value: "waiting_for_approval,waiting_for_input", label: "Waiting for somebody" },
  {
    value: "pending,running,waiting_for_approval,waiting_for_input,paused",
    label: "Not ended",
  },
  { value: "failed,cancelled", label: "Failed or cancelled" },
];

const TIMES = [
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];

const SORTS = [
  { value: "created_at:desc", label: "Newest" },
  { value: "created_at:asc", label: "Oldest" },
  { value: "started_at:desc", label: "Started last" },
  { value: "completed_at:desc", label: "Ended last" },
  { value: "completed_at:asc", label: "Ended first" },
];

export function Toolbar({
  search,
  total,
  within,
  onChange,
  searchRef,
}: {
  search: ExecutionsSearch;
  /** How many runs fit. */
  total: number | undefined;
  /** What nobody needs to ask for, because all of the runs are of it. */
  within: Within | undefined;
  onChange: (change: Record<string, string | undefined>) => void;
  searchRef: RefObject<HTMLInputElement | null>;
}) {
  const count = total === undefined ? undefined : countWords(total);
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      {within?.workflow_id === undefined && (
        <SearchField
          label="Search executions"
          placeholder="Search by workflow"
          value={search.search ?? ""}
          onChange={(value) => onChange({ search: value })}
          className="min-w-40 flex-1 sm:max-w-72 sm:min-w-48"
          inputRef={searchRef}
        />
      )}
      <Filters
        count={countFilters(search)}
        done={count === undefined ? "Show the runs" : `Show ${count}`}
        onClear={() => onChange({ ...NO_FILTERS, search: search.search })}
      >
        <Choices search={search} within={within} onChange={onChange} />
        {within !== undefined && count !== undefined && (
          <span className="px-1 text-xs text-ink-3 tabular-nums in-data-sheet:hidden">{count}</span>
        )}
        <div className="flex-1 max-sm:hidden" />
        <OrderFilter
          by={search.sort ?? "created_at"}
          order={search.order ?? "desc"}
          choices={SORTS}
          onChange={onChange}
        />
      </Filters>
    </div>
  );
}

function Choices({
  search,
  within,
  onChange,
}: Pick<ComponentProps<typeof Toolbar>, "search" | "within" | "onChange">) {
  return (
    <>
      <SelectFilter
        label="State"
        all="All states"
        value={search.status}
        onChange={(status) => onChange({ status })}
      >
        <Options choices={GROUPS} />
        <optgroup label="One state">
          <Options choices={choicesOf(EXECUTION_STATUSES)} />
        </optgroup>
      </SelectFilter>
      <SelectFilter
        label="Started"
        all="Any time"
        value={search.since}
        onChange={(since) => onChange({ since })}
      >
        <Options choices={TIMES} />
      </SelectFilter>
      {within?.project_id === undefined && (
        <ProjectFilter value={search.project} onChange={(project) => onChange({ project })} />
      )}
      {search.workflow !== undefined && (
        <Button onClick={() => onChange({ workflow: undefined })}>
          {search.workflow}
          <X aria-label="Remove this filter" />
        </Button>
      )}
    </>
  );
}
