import type { UseQueryResult } from "@tanstack/react-query";
import { Bot, GitBranch, UserRound } from "lucide-react";

import { messageOf } from "@/api/problem";
import type { Plan } from "@/api/workflows";
import { cx } from "@/components/cx";
import { Skeleton } from "@/components/states";
import { duration } from "@/model/time";

/** What the run would do: what runs side by side, and what waits for a person. */
export function PlanPreview({ plan }: { plan: UseQueryResult<Plan> }) {
  return (
    <section
      aria-label="Plan"
      aria-busy={plan.isFetching}
      className="min-w-0 self-start rounded-lg border border-line bg-sunken p-4"
    >
      <h3 className="mb-3 text-sm font-semibold">What it would do</h3>
      <Body plan={plan} />
    </section>
  );
}

function Body({ plan }: { plan: UseQueryResult<Plan> }) {
  const { data, error, isFetching, isPlaceholderData } = plan;
  if (!data && isFetching) {
    return (
      <div className="flex flex-col gap-2">
        <Skeleton className="w-2/3" />
        <Skeleton className="h-24" />
      </div>
    );
  }
  if (!data) {
    return (
      <p className="text-sm text-ink-3">
        {error ? messageOf(error) : "The plan shows up when the parameters are complete."}
      </p>
    );
  }
  const warnings = data.validation.warnings;
  return (
    <div className={cx("flex flex-col gap-4", (isPlaceholderData || error) && "opacity-60")}>
      <p className="text-sm text-ink-2">
        <strong className="font-semibold text-ink">{data.total_stages} stages</strong> in{" "}
        {data.total_batches === 1 ? "one batch" : `${data.total_batches} batches`}, at most{" "}
        <strong className="font-semibold text-ink">
          {duration(data.estimated_timeout_seconds)}
        </strong>{" "}
        of work
        {data.approval_gates.length > 0 &&
          `, besides ${data.approval_gates.length === 1 ? "a gate" : `${data.approval_gates.length} gates`}`}
        .
      </p>
      <ol className="flex flex-col gap-1.5">
        {data.batches.map((batch) => (
          <li key={batch.index} className="flex gap-2.5">
            <span className="w-5 shrink-0 pt-1.5 text-right text-xs text-ink-3 tabular-nums">
              {batch.index + 1}
            </span>
            <ul className="flex min-w-0 flex-1 flex-col divide-y divide-line rounded-md border border-line bg-surface">
              {batch.stages.map((stage) => {
                const gate = stage.stage_type === "gate";
                const Icon = gate ? UserRound : Bot;
                return (
                  <li
                    key={stage.stage_id}
                    className="flex min-w-0 items-center gap-2 px-2.5 py-1.5"
                  >
                    <Icon
                      aria-label={gate ? "gate" : "agent"}
                      data-tone={gate ? "waiting" : "neutral"}
                      className="size-3.5 shrink-0 text-tone"
                    />
                    <span className="min-w-0 flex-1">
                      <span className="block truncate text-sm leading-5">{stage.name}</span>
                      <span className="block truncate text-2xs text-ink-3">
                        {gate
                          ? `open for ${stage.gate_timeout ?? "ever"}`
                          : [stage.agent, stage.model].filter(Boolean).join(" · ")}
                      </span>
                    </span>
                    {stage.condition !== null && (
                      <GitBranch
                        aria-label={`only if ${stage.condition}`}
                        className="size-3.5 shrink-0 text-ink-3"
                      />
                    )}
                  </li>
                );
              })}
            </ul>
          </li>
        ))}
      </ol>
      {warnings.length > 0 && (
        <ul data-tone="paused" className="flex flex-col gap-1 text-xs text-tone">
          {warnings.map((issue) => (
            <li key={`${issue.code}${issue.field ?? ""}${issue.message}`}>{issue.message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
