import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { CSSProperties } from "react";

import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import { Tags } from "@/components/tag";
import { RelativeTime } from "@/components/time";
import { useMedia } from "@/components/use-media";

import { SelectBox } from "./select-box";
import { whyNotRun } from "./use-workflow-actions";
import type { WorkflowItemProps } from "./workflow-card";
import { WorkflowMenu } from "./workflow-menu";
import { LastRun, stages, Ticks, Validity } from "./workflow-summary";

/** Columns drop out where there is no room for them. */
export function WorkflowRow({
  workflow,
  actions,
  selected,
  selecting,
  onSelect,
}: WorkflowItemProps) {
  const obstacle = whyNotRun(workflow);
  const tagsMax = useMedia("(min-width: 80rem)") ? 2 : 1;
  return (
    <article
      aria-label={workflow.name}
      data-id={workflow.id}
      className={cx(
        "group relative flex min-h-11 items-center gap-3 border-b border-line px-3 py-1.5 [contain-intrinsic-size:auto_44px] [content-visibility:auto] last:border-0 hover:bg-hover",
        selected && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <SelectBox
        name={workflow.name}
        selected={selected}
        selecting={selecting}
        onSelect={onSelect}
        className="shrink-0"
      />
      <div className="flex min-w-0 flex-1 items-center gap-3">
        <h2
          dir="auto"
          style={{ "--tags": `${roomFor(workflow.tags.slice(0, tagsMax))}ch` } as CSSProperties}
          className={cx(
            "truncate text-left text-sm font-medium",
            // A long name has nearly all of the room; what tags have no use for is its own, too.
            workflow.tags.length > 0 &&
              "lg:max-w-[calc(100%-0.75rem-min(7rem,var(--tags)))] lg:shrink-0",
          )}
        >
          <Link
            to="/workflows/$workflowId"
            params={{ workflowId: workflow.id }}
            data-item
            className="outline-none before:absolute before:inset-0 focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
          >
            {workflow.name}
          </Link>
        </h2>
        <span className="min-w-0 overflow-hidden max-lg:hidden">
          <Tags tags={workflow.tags} most={tagsMax} />
        </span>
      </div>
      <span className="flex w-28 items-center max-md:hidden">
        <Validity workflow={workflow} />
      </span>
      <span className="w-20 text-right text-xs text-ink-3 max-xl:hidden">
        {stages(workflow.stage_count)}
      </span>
      <span className="flex w-36 justify-end max-xl:hidden">
        <Ticks workflow={workflow} />
      </span>
      <span className="flex w-56 min-w-0 items-center max-sm:w-auto">
        <LastRun workflow={workflow} brief />
      </span>
      <span className="w-20 text-right text-xs text-ink-3 max-lg:hidden">
        <RelativeTime at={workflow.updated_at} />
      </span>
      <span className="relative z-10 flex items-center">
        <IconButton
          label={`Run workflow: ${workflow.name}`}
          size="icon-sm"
          disabled={obstacle !== null}
          onClick={() => actions.run(workflow)}
        >
          <Play />
        </IconButton>
        <WorkflowMenu workflow={workflow} actions={actions} />
      </span>
    </article>
  );
}

/** In characters of a name, which are wider than those of a tag; its box takes three. */
function roomFor(tags: readonly string[]): number {
  return tags.reduce((room, tag) => room + tag.length + 3, 0);
}
