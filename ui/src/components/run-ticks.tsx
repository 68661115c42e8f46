import type { Execution } from "@/api/executions";
import { STATUSES } from "@/model/status";

import { cx } from "./cx";

const LOW_PX = 8;
const HIGH_PX = 16;

/** The newest runs as ticks, the newest at the right, the longest highest; said in words as well. */
export function RunTicks({ runs, most = 20 }: { runs: readonly Execution[]; most?: number }) {
  const shown = runs.slice(0, most).toReversed();
  const longest = Math.max(...shown.map((run) => run.duration_seconds ?? 0));
  return (
    <span
      role="img"
      aria-label={inWords(shown)}
      title={inWords(shown)}
      className="flex h-4 items-end gap-[2px]"
    >
      {Array.from({ length: most - shown.length }, (_, place) => (
        <span key={place} className={cx(TICK, "h-1.5 bg-line")} />
      ))}
      {shown.map((run) => (
        <span
          key={run.id}
          data-tone={STATUSES[run.status].tone}
          className={cx(TICK, "bg-tone-solid")}
          style={{ height: heightOf(run.duration_seconds, longest) }}
        />
      ))}
    </span>
  );
}

const TICK = "w-[3px] rounded-[1.5px]";

/** What goes on may become the longest, so it is high already. */
function heightOf(seconds: number | null, longest: number): number {
  if (seconds === null || longest === 0) return HIGH_PX;
  return LOW_PX + Math.round((HIGH_PX - LOW_PX) * (seconds / longest));
}

function inWords(runs: readonly Execution[]): string {
  const counts = new Map<string, number>();
  for (const { status } of runs) {
    const word = STATUSES[status].label.toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`);
  return `Last ${runs.length === 1 ? "run" : `${runs.length} runs`}: ${parts.join(", ")}`;
}
