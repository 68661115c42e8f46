import { useQuery } from "@tanstack/react-query";
import { LayoutGrid, List, Tag as TagIcon } from "lucide-react";
import type { RefObject } from "react";

import { buildTagsQuery } from "@/api/workflows";
import { Button } from "@/components/button";
import { Options } from "@/components/choices";
import { Filter, Filters, OrderFilter, SelectFilter } from "@/components/filters";
import { Menu, MenuCheck, MenuLabel } from "@/components/menu";
import { SearchField } from "@/components/search-field";
import { Segmented } from "@/components/segmented";
import { choicesOf, WORKFLOW_STATUSES } from "@/model/status";

import type { LibrarySearch } from "./filters";

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
        className="min-w-full flex-1 sm:max-w-80 sm:min-w-52"
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

function TagFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (tags: string | undefined) => void;
}) {
  const { data: known } = useQuery(buildTagsQuery());
  const chosen = value?.split(",") ?? [];
  const offered = [...new Set([...(known ?? []), ...chosen])];
  if (offered.length === 0) return null;
  const set = (tag: string, on: boolean) => {
    const next = on ? [...chosen, tag] : chosen.filter((one) => one !== tag);
    onChange(next.length === 0 ? undefined : next.join(","));
  };
  return (
    <Filter label="Tags">
      <Menu
        label="Tags"
        align="start"
        trigger={
          <Button>
            <TagIcon aria-hidden="true" />
            {chosen.length === 0 ? "Tags" : chosen.join(", ")}
          </Button>
        }
      >
        <MenuLabel>With all of these tags</MenuLabel>
        {offered.map((tag) => (
          <MenuCheck key={tag} checked={chosen.includes(tag)} onChange={(on) => set(tag, on)}>
            {tag}
          </MenuCheck>
        ))}
      </Menu>
    </Filter>
  );
}
