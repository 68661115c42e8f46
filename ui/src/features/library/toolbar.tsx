import { LayoutGrid, List } from "lucide-react";
import type { RefObject } from "react";

import { Options } from "@/components/choices";
import { Filters, OrderFilter, SelectFilter } from "@/components/filters";
import { SearchField } from "@/components/search-field";
import { Segmented } from "@/components/segmented";
import { choicesOf, WORKFLOW_STATUSES } from "@/model/status";

import type { LibrarySearch } from "./filters";
import { TagFilter } from "./tag-filter";

const SORTS = [
  { value: "updated_at:desc", label: "Changed last" },
  { value: "updated_at:asc", label: "Changed first" },
  { value: "name:asc", label: "Name A–Z" },
  { value: "name:desc", label: "Name Z–A" },
  { value: "created_at:desc", label: "Newest" },
  { value: "created_at:asc", label: "Oldest" },
];

export function Toolbar({
  search,
  view,
  onChange,
  searchRef,
}: {
  search: LibrarySearch;
  view: "grid" | "list";
  onChange: (change: Record<string, string | undefined>) => void;
  searchRef: RefObject<HTMLInputElement | null>;
}) {
  const by = search.sort ?? "updated_at";
  const order = search.order ?? (by === "name" ? "asc" : "desc");
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <SearchField
        label="Search workflows"
        placeholder="Search by name or description"
        value={search.search ?? ""}
        onChange={(value) => onChange({ search: value })}
        className="min-w-32 flex-1 sm:max-w-80 sm:min-w-52"
        inputRef={searchRef}
      />
      <Filters
        count={[search.status, search.tags].filter((one) => one !== undefined).length}
        done="Show the workflows"
        onClear={() => onChange({ status: undefined, tags: undefined })}
      >
        <SelectFilter
          label="State"
          all="All states"
          value={search.status}
          onChange={(status) => onChange({ status })}
        >
          <Options choices={choicesOf(WORKFLOW_STATUSES)} />
        </SelectFilter>
        <TagFilter value={search.tags} onChange={(tags) => onChange({ tags })} />
        <div className="flex-1 max-sm:hidden" />
        <OrderFilter by={by} order={order} choices={SORTS} onChange={onChange} />
      </Filters>
      <Segmented
        label="View"
        value={view}
        onChange={(next) => onChange({ view: next })}
        choices={[
          { value: "grid", label: "Cards", icon: <LayoutGrid aria-hidden="true" /> },
          { value: "list", label: "List", icon: <List aria-hidden="true" /> },
        ]}
      />
    </div>
  );
}
