import { useMemo } from "react";

import { cx } from "@/components/cx";
import { useNow } from "@/components/time";
import { isTerminal } from "@/model/status";
import { duration } from "@/model/time";
import { makeScale, marksOf, type TimeScale } from "@/model/time-scale";

import { LANE } from "./lane";
import type { ViewProps } from "./run-view";
import { TimelineRow } from "./timeline-row";

/** When each stage worked and waited; long times in which nothing worked are folded. */
export function TimelineView({ run, steps, history, selected, onSelect }: ViewProps) {
  const live = !isTerminal(run.status);
  const tick = useNow(live ? 1_000 : null, run.updated_at);
  const begin = Date.parse(run.started_at ?? run.created_at);
  const end = Math.max(run.completed_at === null ? tick : Date.parse(run.completed_at), begin + 1);
  const scale = useMemo(() => {
    const works = [...history.history.values()].flat().filter(({ kind }) => kind === "work");
    const busy = works.map(({ from, to }) => ({ from, to: to ?? end }));
    return makeScale(busy, { from: begin, to: end });
  }, [history.history, begin, end]);
  return (
    <div className="min-h-40 overflow-auto rounded-lg border border-line bg-surface shadow-1">
      <div className="relative min-w-full">
        <Axis scale={scale} begin={begin} />
        <Grid scale={scale} />
        <Folds scale={scale} />
        <ul aria-label="Timeline of the stages" className="relative">
          {steps.map((step) => (
            <TimelineRow
              key={step.stage_id}
              step={step}
              segments={history.history.get(step.stage_id)}
              scale={scale}
              end={end}
              selected={step.stage_id === selected}
              onSelect={onSelect}
            />
          ))}
        </ul>
      </div>
    </div>
  );
}

function Axis({ scale, begin }: { scale: TimeScale; begin: number }) {
  return (
    <div
      aria-hidden="true"
      className="sticky top-0 z-20 h-8 border-b border-line bg-surface text-2xs text-ink-3"
    >
      <div className={LANE}>
        {marksOf(scale).map(({ time, at }, index) => (
          <span
            key={time}
            className={cx(
              "absolute top-2 whitespace-nowrap tabular-nums",
              at > 0.94 ? "-translate-x-full" : at > 0.03 && "-translate-x-1/2",
              // A phone has room for half of them.
              index % 2 === 1 && "max-sm:hidden",
            )}
            style={{ left: `${at * 100}%` }}
          >
            {time === begin ? "0" : duration((time - begin) / 1000)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A line under each mark of the axis, behind the rows. */
function Grid({ scale }: { scale: TimeScale }) {
  return (
    <div aria-hidden="true" className={LANE}>
      {marksOf(scale).map(({ time, at }, index) => (
        <span
          key={time}
          className={cx("absolute inset-y-0 w-px bg-line/60", index % 2 === 1 && "max-sm:hidden")}
          style={{ left: `${at * 100}%` }}
        />
      ))}
    </div>
  );
}

function Folds({ scale }: { scale: TimeScale }) {
  return (
    <div className={LANE}>
      {scale.pieces
        .filter(({ folded }) => folded)
        .map(({ from, to, start, end }) => (
          <div
            key={from}
            className={cx(
              "absolute inset-y-0 flex bg-[repeating-linear-gradient(135deg,var(--line)_0_1px,transparent_1px_5px)]",
              end > 0.95 ? "justify-end" : "justify-center",
            )}
            style={{ left: `${start * 100}%`, width: `${(end - start) * 100}%` }}
          >
            <span
              title={`${duration((to - from) / 1000)} in which nothing worked`}
              className="sticky top-1.5 z-30 mt-1.5 h-5 rounded-sm border border-line bg-raised px-1 text-2xs leading-[18px] whitespace-nowrap text-ink-3"
            >
              {duration((to - from) / 1000)}
            </span>
          </div>
        ))}
    </div>
  );
}
