import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";

import type { Workflow } from "@/api/workflows";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { Tags } from "@/components/tag";

import { SelectBox } from "./select-box";
import { whyNotRun, type WorkflowActions } from "./use-workflow-actions";
import { WorkflowMenu } from "./workflow-menu";
import { LastRun, stages, Ticks, Validity } from "./workflow-summary";

export interface WorkflowItemProps {
  workflow: Workflow;
  actions: WorkflowActions;
  selected: boolean;
  /** Somebody selects, so the boxes are shown. */
  selecting: boolean;
  onSelect: (range: boolean) => void;
}

export function WorkflowCard({
  workflow,
  actions,
  selected,
  selecting,
  onSelect,
}: WorkflowItemProps) {
  const obstacle = whyNotRun(workflow);
  return (
    <article
      aria-label={workflow.name}
      data-id={workflow.id}
      className={cx(
        "group relative flex flex-col rounded-lg border bg-surface p-4 shadow-1 transition-[border-color,box-shadow,translate] duration-150 [contain-intrinsic-size:auto_190px] [content-visibility:auto] hover:-translate-y-px hover:border-line-strong hover:shadow-2",
        selected ? "border-accent ring-1 ring-accent" : "border-line",
        workflow.status === "archived" && "bg-canvas",
      )}
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-base leading-6 font-semibold">
          <Link
            to="/workflows/$workflowId"
            params={{ workflowId: workflow.id }}
            data-item
            dir="auto"
            // The outline lies inside: nothing is drawn beyond the card while it may be skipped.
            className="line-clamp-2 text-left outline-none before:absolute before:inset-0 before:rounded-lg focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
          >
            {workflow.name}
          </Link>
        </h2>
        <SelectBox
          name={workflow.name}
          selected={selected}
          selecting={selecting}
          onSelect={onSelect}
          className="mt-1"
        />
      </div>
      <div className="mt-2 flex h-[22px] items-center gap-2 overflow-hidden">
        <Validity workflow={workflow} />
        <Tags tags={workflow.tags} />
      </div>
      {workflow.description !== null && (
        <p dir="auto" className="mt-2 line-clamp-2 text-left text-sm leading-5 text-ink-3">
          {workflow.description}
        </p>
      )}
      <div className="mt-auto flex h-7.5 shrink-0 items-end justify-between gap-3">
        <Ticks workflow={workflow} />
        <span className="truncate text-xs text-ink-3">
          {stages(workflow.stage_count)} · v{workflow.version}
          {workflow.created_by !== "local" && ` · by ${workflow.created_by}`}
        </span>
      </div>
      <div className="mt-3 -mb-1 flex items-center gap-1 border-t border-line pt-2.5">
        <div className="flex min-w-0 flex-1 items-center">
          <LastRun workflow={workflow} />
        </div>
        <div className="relative z-10 flex items-center gap-0.5">
          <Button
            variant="ghost"
            size="sm"
            aria-label={`Run workflow: ${workflow.name}`}
            title={obstacle ?? undefined}
            disabled={obstacle !== null}
            onClick={() => actions.run(workflow)}
          >
            <Play aria-hidden="true" />
            Run
          </Button>
          <WorkflowMenu workflow={workflow} actions={actions} />
        </div>
      </div>
    </article>
  );
}
