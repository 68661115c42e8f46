import { Link } from "@tanstack/react-router";
import { memo } from "react";

import type { Execution } from "@/api/executions";
import { cx } from "@/components/cx";
import { StatusBadge } from "@/components/status";
import { Elapsed, RelativeTime } from "@/components/time";
import { SelectBox } from "@/features/library/select-box";
import { Words } from "@/features/waiting/words";
import { plainWords } from "@/model/ansi";
import { summaryOf } from "@/model/parameters";
import { shortId } from "@/model/short-id";

import { type Act, RowActions } from "./row-actions";

const TRIGGERS = { manual: "by hand", api: "API", scheduled: "schedule" };

export interface RowProps {
  run: Execution;
  selected: boolean;
  selecting: boolean;
  /** What the project is called that it belongs to, where that is worth saying. */
  project: string | undefined;
  /** After what it is called: where all are of one workflow, its name tells nothing. */
  called: "workflow" | "parameters";
  onSelect: (id: string, range: boolean) => void;
  onAct: Act;
}

/** Columns drop out where there is no room for them. */
export const ExecutionRow = memo(function ExecutionRow({
  run,
  selected,
  selecting,
  project,
  called,
  onSelect,
  onAct,
}: RowProps) {
  const summary = summaryOf(run.parameters);
  const workflow = plainWords(run.workflow_name);
  const [name, beside] =
    called === "workflow" ? [workflow, summary] : [summary === "" ? "No parameters" : summary, ""];
  return (
    <li
      data-id={run.id}
      className={cx(
        "group relative flex min-h-11 items-center gap-3 border-b border-line bg-surface px-3 py-1.5 [contain-intrinsic-size:auto_44px] [content-visibility:auto] first:rounded-t-lg last:rounded-b-lg last:border-0 hover:bg-hover",
        selected && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <SelectBox
        name={`the run ${shortId(run.id)} of ${workflow}`}
        selected={selected}
        selecting={selecting}
        onSelect={(range) => onSelect(run.id, range)}
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
            dir="auto"
            title={name}
            className="max-w-full min-w-16 truncate text-left text-sm font-medium outline-none before:absolute before:inset-0 focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
          >
            {name}
          </Link>
          <code className="shrink-0 text-xs text-ink-3">{shortId(run.id)}</code>
          {beside !== "" && (
            <span title={beside} className="min-w-0 flex-1 truncate text-xs text-ink-3">
              {beside}
            </span>
          )}
        </span>
        {run.error_message !== null && (
          <span aria-hidden="true" className="line-clamp-2 text-xs text-ink-3 sm:hidden">
            <Words text={run.error_message} />
          </span>
        )}
      </div>
      {run.error_message !== null && <RowError run={run} message={run.error_message} />}
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

/** Stands above the link of the row, so that it can be pointed at, and leads there, too. */
function RowError({ run, message }: { run: Execution; message: string }) {
  return (
    <>
      <span className="sr-only">
        <Words text={message} />
      </span>
      <Link
        to="/workflows/executions/$runId"
        params={{ runId: run.id }}
        aria-hidden="true"
        tabIndex={-1}
        // What can be read as it stands needs no second time.
        onPointerEnter={({ currentTarget: error }) => {
          error.title = error.scrollWidth > error.clientWidth ? plainWords(message) : "";
        }}
        className="relative z-10 max-w-72 min-w-0 truncate text-xs text-ink-3 max-xl:hidden"
      >
        <Words text={message} />
      </Link>
    </>
  );
}
