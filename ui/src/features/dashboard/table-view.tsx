import type { Step } from "@/api/executions";
import { cx } from "@/components/cx";
import { StatusBadge } from "@/components/status";
import { Elapsed, RelativeTime } from "@/components/time";

import type { ViewProps } from "./run-view";

const HEAD = "h-8 px-3 text-left text-xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-1.5";

/** The stages one below the other; columns drop out where the panel leaves no room for them. */
export function TableView({ steps, selected, onSelect }: ViewProps) {
  return (
    <div className="@container min-h-40 overflow-auto rounded-lg border border-line bg-surface shadow-1">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Stages of the run</caption>
        <thead className="sticky top-0 z-10 bg-surface shadow-[inset_0_-1px_0_var(--line)]">
          <tr>
            <th className={HEAD}>Stage</th>
            <th className={HEAD}>State</th>
            <th className={cx(HEAD, "@max-3xl:hidden")}>Agent</th>
            <th className={cx(HEAD, "text-right @max-xl:hidden")}>Attempts</th>
            <th className={cx(HEAD, "text-right @max-2xl:hidden")}>Started</th>
            <th className={cx(HEAD, "text-right @max-md:hidden")}>Took</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <Row
              key={step.stage_id}
              step={step}
              selected={step.stage_id === selected}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  step,
  selected,
  onSelect,
}: {
  step: Step;
  selected: boolean;
  onSelect: (stage: string) => void;
}) {
  return (
    <tr
      className={cx(
        "relative border-b border-line last:border-0 hover:bg-hover",
        selected && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <td className={cx(CELL, "w-full max-w-0 min-w-40")}>
        <button
          type="button"
          aria-pressed={selected}
          title={step.stage_name}
          onClick={() => onSelect(step.stage_id)}
          className="block w-full truncate text-left font-medium outline-none before:absolute before:inset-0 focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
        >
          {step.stage_name}
        </button>
      </td>
      <td className={cx(CELL, "whitespace-nowrap")}>
        <StatusBadge status={step.status} />
      </td>
      <td className={cx(CELL, "max-w-40 truncate text-xs text-ink-3 @max-3xl:hidden")}>
        {step.agent ?? "gate"}
      </td>
      <td className={cx(CELL, "text-right text-xs text-ink-3 tabular-nums @max-xl:hidden")}>
        {step.attempt === 0 ? "–" : step.attempt}
      </td>
      <td className={cx(CELL, "text-right text-xs text-ink-3 @max-2xl:hidden")}>
        {step.started_at === null ? "–" : <RelativeTime at={step.started_at} />}
      </td>
      <td className={cx(CELL, "text-right text-xs text-ink-2 @max-md:hidden")}>
        <Elapsed from={step.started_at} to={step.completed_at} />
      </td>
    </tr>
  );
}
