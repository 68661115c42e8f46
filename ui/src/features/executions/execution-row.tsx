import { Link } from "@tanstack/react-router";
import { memo } from "react";

import type { Execution } from "@/api/executions";
import { cx } from "@/components/cx";
import { StatusBadge } from "@/components/status";
import { Elapsed, RelativeTime } from "@/components/time";
import { tip } from "@/components/tooltip";
import { summaryOf } from "@/model/parameters";
import { shortId } from "@/model/short-id";

import { type Act, RowActions } from "./row-actions";

const TRIGGERS = { manual: "by hand", api: "API", scheduled: "schedule" };

export interface RowProps {
  run: Execution;
  selected: boolean;
  selecting: boolean;
  /** What the project is called that it belongs to. */
  project: string | undefined;
  onSelect: (id: string, range: boolean) => void;
  onAct: Act;
}

/** A tooltip has no room for more. */
const TIP_CHARS_MAX = 600;

function cut(text: string): string {
  return text.length > TIP_CHARS_MAX ? `${text.slice(0, TIP_CHARS_MAX)}…` : text;
}

/** Columns drop out where there is no room for them. */
export const ExecutionRow = memo(function ExecutionRow({
  run,
  selected,
  selecting,
  project,
  onSelect,
  onAct,
}: RowProps) {
  const summary = summaryOf(run.parameters);
  return (
    <li
      data-id={run.id}
      className={cx(
        "group relative flex min-h-11 items-center gap-3 border-b border-line bg-surface px-3 py-1.5 [contain-intrinsic-size:auto_44px] [content-visibility:auto] first:rounded-t-lg last:rounded-b-lg last:border-0 hover:bg-hover",
        selected && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <input
        type="checkbox"
        aria-label={`Select the run ${shortId(run.id)} of ${run.workflow_name}`}
        checked={selected}
        onChange={(event) => onSelect(run.id, (event.nativeEvent as MouseEvent).shiftKey)}
        className={cx(
          "relative z-10 size-4 shrink-0 accent-accent opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 checked:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100",
          selecting && "opacity-100",
        )}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-x-3 sm:flex-row sm:items-center">
        <span className="flex shrink-0 sm:w-46">
          <StatusBadge status={run.status} />
        </span>
        <span className="flex min-w-0 flex-1 items-baseline gap-2">
          <Link
            to="/workflows/executions/$runId"
            params={{ runId: run.id }}
            data-item
            {...(run.error_message === null
              ? { title: run.workflow_name }
              : // The link covers the row, so this shows wherever somebody points.
                tip(cut(run.error_message)))}
            className="max-w-full min-w-16 truncate text-sm font-medium outline-none before:absolute before:inset-0 focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
          >
            {run.workflow_name}
          </Link>
          <code className="shrink-0 text-xs text-ink-3">{shortId(run.id)}</code>
          {summary !== "" && (
            <span title={summary} className="min-w-0 flex-1 truncate text-xs text-ink-3">
              {summary}
            </span>
          )}
        </span>
        {run.error_message !== null && (
          <span aria-hidden="true" className="line-clamp-2 text-xs text-ink-3 sm:hidden">
            {run.error_message}
          </span>
        )}
      </div>
      {run.error_message !== null && (
        <span className="max-w-72 min-w-0 truncate text-xs text-ink-3 max-xl:sr-only">
          {run.error_message}
        </span>
      )}
      {project !== undefined && (
        <span
          title={`Project ${project}`}
          className="max-w-36 min-w-0 truncate text-xs text-ink-3 max-lg:hidden"
        >
          {project}
        </span>
      )}
      <span className="w-20 text-xs text-ink-3 max-lg:hidden">{TRIGGERS[run.trigger]}</span>
      <span className="w-18 text-right text-xs text-ink-2 max-md:hidden">
        <span className="sr-only">Takes </span>
        <Elapsed from={run.started_at} to={run.completed_at} />
      </span>
      <span className="w-18 shrink-0 text-right text-xs text-ink-3">
        <RelativeTime at={run.started_at ?? run.created_at} />
      </span>
      <RowActions run={run} onAct={onAct} />
    </li>
  );
});
