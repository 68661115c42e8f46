// Parts that the card and the row of a workflow share.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useRef } from "react";

import { buildRecentQuery } from "@/api/executions";
import { buildWorkflowQuery, type Workflow } from "@/api/workflows";
import { cx } from "@/components/cx";
import { RunTicks } from "@/components/run-ticks";
import { StatusBadge, StatusIcon } from "@/components/status";
import { RelativeTime } from "@/components/time";
import { tip } from "@/components/tooltip";
import { useInView } from "@/components/use-in-view";
import { textAt } from "@/model/definition";
import { STATUSES, type WorkflowStatus } from "@/model/status";

/** What a state gives, for those who wonder. */
export const MEANINGS: Readonly<Record<WorkflowStatus, string>> = {
  draft:
    "Runs like any other. Publish it to say that it is ready for everybody; lists can show published ones alone.",
  published: "Said to be ready for everybody. It is a draft again once it is saved with errors.",
  archived: "Kept for its history. It does not run until it is a draft again.",
};

/** The state of a workflow, or that it cannot run. */
export function Validity({ workflow }: { workflow: Workflow }) {
  if (workflow.is_valid) {
    return (
      // Above the link that covers a card, or nobody could point at it.
      <span {...tip(MEANINGS[workflow.status])} className="relative z-10 inline-flex">
        <StatusBadge status={workflow.status} />
      </span>
    );
  }
  return <HasErrors workflow={workflow} />;
}

/** Says that it cannot run, and why to whoever points at it; asked for when it comes into view. */
function HasErrors({ workflow }: { workflow: Workflow }) {
  const ref = useRef<HTMLSpanElement>(null);
  const seen = useInView(ref);
  // Lists do not say why.
  const { data = workflow } = useQuery({ ...buildWorkflowQuery(workflow.id), enabled: seen });
  const first = textAt(data.validation_errors?.[0], "message");
  return (
    <span
      ref={ref}
      {...(first !== undefined && tip(first))}
      data-tone="failed"
      className="relative z-10 inline-flex h-[22px] items-center gap-1.5 rounded-full bg-tone-soft pr-2.5 pl-2 text-xs font-medium whitespace-nowrap text-tone"
    >
      <CircleAlert aria-hidden="true" className="size-3" />
      Has errors
      {first !== undefined && <span className="sr-only">: {first}</span>}
    </span>
  );
}

/** The newest runs; asked for when they come into view. */
export function Ticks({ workflow }: { workflow: Workflow }) {
  const ref = useRef<HTMLSpanElement>(null);
  const seen = useInView(ref);
  const { data } = useQuery({
    ...buildRecentQuery(workflow.id),
    enabled: seen && workflow.last_execution !== null,
    refetchInterval: false,
  });
  return (
    <span ref={ref} className="flex h-4 items-end">
      {data && data.length > 0 && <RunTicks runs={data} />}
    </span>
  );
}

/** Where the newest run stands, and a way to it. */
export function LastRun({
  workflow,
  brief = false,
}: {
  workflow: Workflow;
  /** Says its state by the glyph alone where there is little room. */
  brief?: boolean;
}) {
  const run = workflow.last_execution;
  if (run === null) return <span className="text-xs text-ink-3">Never run</span>;
  return (
    <Link
      to="/workflows/executions/$runId"
      params={{ runId: run.id }}
      className="touch relative z-10 -mx-1 inline-flex min-w-0 items-center gap-1.5 rounded-sm px-1 text-xs text-ink-2 hover:bg-hover hover:text-ink"
    >
      <StatusIcon status={run.status} />
      <span className="truncate">
        <span className={cx(brief && "max-sm:sr-only")}>
          {STATUSES[run.status].label}
          <span className="text-ink-3">{" · "}</span>
        </span>
        <span className="text-ink-3">
          <RelativeTime at={run.completed_at ?? run.started_at ?? run.created_at} />
        </span>
      </span>
    </Link>
  );
}

export function stages(count: number): string {
  return count === 1 ? "1 stage" : `${count} stages`;
}
