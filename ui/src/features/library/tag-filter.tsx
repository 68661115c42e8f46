import { useQuery } from "@tanstack/react-query";
import { Tag as TagIcon } from "lucide-react";
import { useState } from "react";

import { buildTagsQuery } from "@/api/workflows";
import { Button } from "@/components/button";
import { Input } from "@/components/field";
import { Filter } from "@/components/filters";
import { Popover } from "@/components/popover";

/** So many can be looked through; of more, some are searched for. */
const LOOKED_THROUGH_MAX = 11;

/** The tags that workflows must have, all of them. */
export function TagFilter({
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
      <Popover
        label="Tags"
        className="w-64 max-w-[calc(100vw-1rem)] p-1"
        trigger={
          <Button>
            <TagIcon aria-hidden="true" />
            <span className="max-w-48 truncate">
              {chosen.length === 0 ? "Tags" : chosen.join(", ")}
            </span>
          </Button>
        }
      >
        <Offer tags={offered} chosen={chosen} onSet={set} />
      </Popover>
    </Filter>
  );
}

function Offer({
  tags,
  chosen,
  onSet,
}: {
  tags: readonly string[];
  chosen: readonly string[];
  onSet: (tag: string, on: boolean) => void;
}) {
  const [wanted, setWanted] = useState("");
  const fitting = tags.filter((tag) => tag.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <fieldset className="min-w-0">
      <legend className="px-2 pt-1.5 pb-1 text-2xs font-medium text-ink-3">
        With all of these tags
      </legend>
      {tags.length > LOOKED_THROUGH_MAX && (
        <div className="px-1 pt-0.5 pb-1.5">
          <Input
            type="search"
            aria-label="Find a tag"
            placeholder="Find a tag"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </div>
      )}
      <div className="max-h-80 overflow-y-auto">
        {fitting.map((tag) => (
          <label
            key={tag}
            title={tag}
            className="flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm text-ink hover:bg-pressed has-focus-visible:bg-pressed pointer-coarse:min-h-11"
          >
            <input
              type="checkbox"
              checked={chosen.includes(tag)}
              onChange={(event) => onSet(tag, event.target.checked)}
              className="size-4 shrink-0 accent-accent"
            />
            <span className="truncate">{tag}</span>
          </label>
        ))}
        {fitting.length === 0 && (
          <p className="px-2 py-3 text-center text-sm text-ink-3">No tag is called so.</p>
        )}
      </div>
    </fieldset>
  );
}
