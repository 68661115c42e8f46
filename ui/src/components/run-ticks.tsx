import type { Execution } from "@/api/executions";
import { STATUSES } from "@/model/status";

/** The newest runs as ticks, the newest at the right; said in words as well. */
export function RunTicks({ runs, most = 20 }: { runs: readonly Execution[]; most?: number }) {
  const shown = runs.slice(0, most).toReversed();
  return (
    <span
      role="img"
      aria-label={inWords(shown)}
      title={inWords(shown)}
      className="flex h-4 items-end gap-[3px]"
    >
      {shown.map((run) => {
        const { tone } = STATUSES[run.status];
        const low = tone === "neutral";
        return (
          <span
            key={run.id}
            data-tone={tone}
            className={`w-1 rounded-[1.5px] bg-tone-solid ${low ? "h-2" : "h-4"}`}
          />
        );
      })}
    </span>
  );
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
