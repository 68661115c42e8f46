import { memo } from "react";

import type { Step } from "@/api/executions";
import { cx } from "@/components/cx";
import { StatusIcon } from "@/components/status";
import { plainWords } from "@/model/ansi";
import type { Segment } from "@/model/run-history";
import { STATUSES } from "@/model/status";
import { duration } from "@/model/time";
import type { TimeScale } from "@/model/time-scale";

import { LANE } from "./lane";

/** Share of the line up to which words have room beside a bar. */
const ROOM_FOR_WORDS = 0.86;

const WAITS: Readonly<Record<Segment["kind"], string>> = {
  work: "worked",
  retry: "waited to try again",
  question: "waited for an answer",
  gate: "waited for a decision",
};

export const TimelineRow = memo(function TimelineRow({
  step,
  segments = [],
  scale,
  end,
  selected,
  onSelect,
}: {
  step: Step;
  segments: readonly Segment[] | undefined;
  scale: TimeScale;
  end: number;
  selected: boolean;
  onSelect: (stage: string) => void;
}) {
  const current = step.status === "running";
  const name = plainWords(step.stage_name);
  return (
    <li
      className={cx(
        "relative h-8 border-b border-line [contain-intrinsic-size:auto_32px] [content-visibility:auto] last:border-0 hover:bg-hover/60 pointer-coarse:h-11",
        selected && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <div className={LANE}>
        {segments.map((segment) => (
          <Bar key={segment.from} segment={segment} scale={scale} end={end} />
        ))}
        <Took segments={segments} scale={scale} end={end} />
      </div>
      <button
        type="button"
        aria-label={`${name}, ${STATUSES[step.status].label}${inWords(segments, end)}`}
        aria-pressed={selected}
        {...(current && { "aria-current": "step" })}
        onClick={() => onSelect(step.stage_id)}
        className="absolute inset-0 flex items-center gap-2 px-3 text-left focus-visible:-outline-offset-2"
      >
        <StatusIcon status={step.status} />
        <span title={name} className="w-22 truncate text-sm font-medium text-ink sm:w-34 xl:w-46">
          <bdi>{name}</bdi>
        </span>
      </button>
    </li>
  );
});

function Bar({ segment, scale, end }: { segment: Segment; scale: TimeScale; end: number }) {
  const from = scale.at(segment.from);
  const to = scale.at(segment.to ?? end);
  const works = segment.kind === "work";
  const status = segment.end ?? (segment.to === null ? "running" : "completed");
  const people = segment.kind === "gate" || segment.kind === "question";
  return (
    <span
      data-tone={people ? "waiting" : works ? STATUSES[status].tone : "neutral"}
      className={cx(
        "absolute top-1/2 min-w-1 -translate-y-1/2 rounded-[3px]",
        works && "h-4 bg-tone-solid",
        people && "h-4 border border-tone-solid bg-tone-soft",
        segment.kind === "retry" && "h-0 border-t-2 border-dotted border-tone-solid",
        segment.to === null && works && "animate-pulse",
      )}
      style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
    />
  );
}

/** How long it worked, after its last bar, or before the first where there is no room. */
function Took({
  segments,
  scale,
  end,
}: {
  segments: readonly Segment[];
  scale: TimeScale;
  end: number;
}) {
  const works = segments.filter(({ kind }) => kind === "work");
  const [first, last] = [segments[0], segments.at(-1)];
  if (works.length === 0 || first === undefined || last === undefined) return null;
  const seconds = works.reduce((sum, { from, to }) => sum + (to ?? end) - from, 0) / 1000;
  const [left, right] = [scale.at(first.from), scale.at(last.to ?? end)];
  const after = right < ROOM_FOR_WORDS;
  if (!after && left < 1 - ROOM_FOR_WORDS) return null;
  return (
    <span
      aria-hidden="true"
      className={cx(
        "absolute top-1/2 -translate-y-1/2 px-1.5 text-[11px] leading-4 whitespace-nowrap text-ink-3 tabular-nums max-sm:hidden",
        !after && "-translate-x-full",
      )}
      style={{ left: `${(after ? right : left) * 100}%` }}
    >
      {duration(seconds)}
    </span>
  );
}

function inWords(segments: readonly Segment[], end: number): string {
  const totals = new Map<Segment["kind"], number>();
  for (const { kind, from, to } of segments) {
    totals.set(kind, (totals.get(kind) ?? 0) + (to ?? end) - from);
  }
  const works = segments.filter(({ kind }) => kind === "work").length;
  const words = [...totals].map(([kind, ms]) => `${WAITS[kind]} ${duration(ms / 1000)}`);
  if (works > 1) words.push(`${works} starts`);
  return words.map((word) => `, ${word}`).join("");
}
