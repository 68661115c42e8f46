import { ArrowDownToLine, ChevronDown, ChevronUp, Clock, Download, WrapText } from "lucide-react";
import type { ReactNode, RefObject } from "react";

import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import { Input } from "@/components/field";

import type { LogSearch } from "./use-log-search";

export interface ToolbarProps {
  /** Which log it is, where there are several. */
  children?: ReactNode;
  query: string;
  onQuery: (query: string) => void;
  search: LogSearch;
  /** Which of the hits is looked at, from 0; -1 for none. */
  hit: number;
  onHit: (step: number) => void;
  wrap: boolean | null;
  onWrap: () => void;
  times: boolean;
  onTimes: () => void;
  onEnd: () => void;
  onSave: (() => void) | undefined;
  inputRef: RefObject<HTMLInputElement | null>;
}

export function LogToolbar({ inputRef, children, ...props }: ToolbarProps) {
  const { query, onQuery, onHit, wrap, times, onSave } = props;
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b border-line bg-surface px-2 py-1.5">
      {children}
      <div role="search" className="flex min-w-40 flex-1 items-center gap-1">
        <Input
          ref={inputRef}
          type="search"
          aria-label="Search in the log"
          placeholder="Search in the log"
          value={query}
          className="h-7 max-w-64 [&::-webkit-search-cancel-button]:hidden"
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") onHit(event.shiftKey ? -1 : 1);
            if (event.key !== "Escape") return;
            if (query === "") event.currentTarget.blur();
            onQuery("");
          }}
        />
        {query !== "" && <Hits {...props} />}
      </div>
      <div className="flex items-center">
        {wrap !== null && (
          <Toggle label="Wrap long lines" on={wrap} onToggle={props.onWrap} icon={<WrapText />} />
        )}
        <Toggle label="Show times" on={times} onToggle={props.onTimes} icon={<Clock />} />
        {onSave && (
          <IconButton label="Save as a file" size="icon-sm" onClick={onSave}>
            <Download />
          </IconButton>
        )}
        <IconButton label="Go to the end" keys="shift+g" size="icon-sm" onClick={props.onEnd}>
          <ArrowDownToLine />
        </IconButton>
      </div>
    </div>
  );
}

function Hits({ search, hit, onHit }: Pick<ToolbarProps, "search" | "hit" | "onHit">) {
  const { hits, searching } = search;
  return (
    <>
      <span aria-live="polite" className="text-xs whitespace-nowrap text-ink-3 tabular-nums">
        {searching && hits.length === 0
          ? "Searching…"
          : hits.length === 0
            ? "Not found"
            : `${hit < 0 ? "–" : hit + 1} of ${hits.length}${searching ? "…" : ""}`}
      </span>
      <IconButton
        label="Hit before"
        keys="shift+enter"
        size="icon-sm"
        disabled={hits.length === 0}
        onClick={() => onHit(-1)}
      >
        <ChevronUp />
      </IconButton>
      <IconButton
        label="Next hit"
        keys="enter"
        size="icon-sm"
        disabled={hits.length === 0}
        onClick={() => onHit(1)}
      >
        <ChevronDown />
      </IconButton>
    </>
  );
}

function Toggle({
  label,
  on,
  onToggle,
  icon,
}: {
  label: string;
  on: boolean;
  onToggle: () => void;
  icon: ReactNode;
}) {
  return (
    <IconButton
      label={label}
      aria-pressed={on}
      size="icon-sm"
      className={cx(on && "bg-pressed text-ink")}
      onClick={onToggle}
    >
      {icon}
    </IconButton>
  );
}
