import type { Node, NodeProps } from "@xyflow/react";
import { Bot, GitBranch, UserRound } from "lucide-react";
import { memo } from "react";

import { cx } from "@/components/cx";
import { StatusIcon } from "@/components/status";
import { type StepStatus, STATUSES } from "@/model/status";

/** A stage as the graph shows it. */
export interface GraphStage {
  id: string;
  name: string;
  kind: "agent" | "gate";
  /** Who works on it, or what else is worth a line. */
  subtitle: string;
  dependsOn: readonly string[];
  condition?: boolean;
  /** Where it stands, in a run. */
  status?: StepStatus;
  /** Small words at its end, such as how long it took. */
  aside?: string;
}

// A type and no interface: the library wants what has an index.
export type StageNodeData = Pick<GraphStage, keyof GraphStage> & {
  selected: boolean;
  onSelect: () => void;
};

export const StageNode = memo(function StageNode({
  data,
}: NodeProps<Node<StageNodeData, "stage">>) {
  const look = data.status === undefined ? undefined : STATUSES[data.status];
  const Icon = data.kind === "gate" ? UserRound : Bot;
  return (
    <button
      type="button"
      aria-pressed={data.selected}
      aria-label={look ? `${data.name}, ${look.label}` : data.name}
      data-stage={data.id}
      data-tone={look?.tone}
      onClick={data.onSelect}
      className={cx(
        "nodrag flex size-full items-center gap-2.5 rounded-md border bg-raised px-3 text-left shadow-1 transition-[border-color,box-shadow] duration-150 hover:shadow-2",
        data.selected ? "border-focus ring-1 ring-focus" : "border-line-strong hover:border-ink-3",
        data.status === "running" && "border-tone-solid",
        (data.status === "pending" || data.status === "skipped") && "border-dashed",
      )}
    >
      <span
        className={cx(
          "flex size-8 shrink-0 items-center justify-center rounded-md",
          look ? "bg-tone-soft" : data.kind === "gate" ? "bg-tone-soft" : "bg-sunken",
        )}
        {...(!look && data.kind === "gate" && { "data-tone": "waiting" })}
      >
        {data.status === undefined ? (
          <Icon
            aria-hidden="true"
            className={cx("size-4", data.kind === "gate" ? "text-tone" : "text-ink-3")}
          />
        ) : (
          <StatusIcon status={data.status} className="size-4" />
        )}
      </span>
      <span className="flex min-w-0 flex-1 flex-col">
        <span
          dir="auto"
          className="line-clamp-2 text-left text-sm leading-[18px] font-medium [overflow-wrap:anywhere] text-ink"
        >
          {data.name}
        </span>
        <span className="flex items-center gap-1.5 text-2xs text-ink-3">
          {data.condition === true && (
            <GitBranch aria-label="has a condition" className="size-3 shrink-0" />
          )}
          <span className="truncate">{data.subtitle}</span>
          {data.aside !== undefined && (
            <span className="ml-auto shrink-0 tabular-nums">{data.aside}</span>
          )}
        </span>
      </span>
    </button>
  );
});
