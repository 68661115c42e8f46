import { X } from "lucide-react";
import type { RefObject } from "react";

import { Button } from "@/components/button";
import { Options, OrderSelect } from "@/components/choices";
import { Select } from "@/components/field";
import { SearchField } from "@/components/search-field";
import { useProjectNames } from "@/features/projects/use-project-names";
import { EXECUTION_STATUSES, STATUSES } from "@/model/status";

import type { ExecutionsSearch } from "./filters";

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
  onChange,
  searchRef,
}: {
  search: ExecutionsSearch;
  onChange: (change: Record<string, string | undefined>) => void;
  searchRef: RefObject<HTMLInputElement | null>;
}) {
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <SearchField
        label="Search executions"
        placeholder="Search by workflow"
        value={search.search ?? ""}
        onChange={(value) => onChange({ search: value })}
        className="min-w-48 flex-1 sm:max-w-72"
        inputRef={searchRef}
      />
      <Select
        aria-label="State"
        value={search.status ?? ""}
        onChange={(event) => onChange({ status: event.target.value })}
      >
        <option value="">All states</option>
        <Options choices={GROUPS} />
        <optgroup label="One state">
          {EXECUTION_STATUSES.map((status) => (
            <option key={status} value={status}>
              {STATUSES[status].label}
            </option>
          ))}
        </optgroup>
      </Select>
      <Select
        aria-label="Started"
        value={search.since ?? ""}
        onChange={(event) => onChange({ since: event.target.value })}
      >
        <option value="">Any time</option>
        <Options choices={TIMES} />
      </Select>
      <ProjectFilter value={search.project} onChange={(project) => onChange({ project })} />
      {search.workflow !== undefined && (
        <Button onClick={() => onChange({ workflow: undefined })}>
          {search.workflow}
          <X aria-label="Remove this filter" />
        </Button>
      )}
      <div className="flex-1 max-sm:hidden" />
      <OrderSelect
        by={search.sort ?? "created_at"}
        order={search.order ?? "desc"}
        choices={SORTS}
        onChange={onChange}
      />
    </div>
  );
}

/** Offered where there are projects, or the address names one. */
function ProjectFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (project: string) => void;
}) {
  const names = useProjectNames();
  if (names.size === 0 && value === undefined) return null;
  const known = value === undefined || names.has(value);
  return (
    <Select
      aria-label="Project"
      className="max-w-48"
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">All projects</option>
      {!known && <option value={value}>{value}</option>}
      {[...names].map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
