import type { Execution } from "@/api/executions";
import { cx } from "@/components/cx";
import { progressOf } from "@/model/run-story";
import { STATUSES } from "@/model/status";

export function Progress({ run }: { run: Execution }) {
  const { done, total, failed, skipped, initializing } = progressOf(run);
  const words = `${done} of ${total} ${total === 1 ? "stage" : "stages"} complete`;
  const share = (count: number) => `${total === 0 ? 0 : (count / total) * 100}%`;
  const ended = run.status === "failed" || run.status === "cancelled";
  const tone = ended ? "neutral" : STATUSES[run.status].tone;
  return (
    <div className="flex items-center gap-2.5">
      <div
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={total}
        {...(!initializing && { "aria-valuenow": done })}
        aria-valuetext={initializing ? "Initializing" : words}
        data-tone={tone}
        className="flex h-1.5 w-36 overflow-hidden rounded-full bg-pressed sm:w-48"
      >
        <div
          className={cx(
            "h-full bg-tone-solid transition-[width] duration-300",
            initializing && "w-full animate-pulse opacity-40",
          )}
          {...(!initializing && { style: { width: share(done) } })}
        />
        <div
          className="h-full bg-line-strong transition-[width] duration-300"
          style={{ width: share(skipped) }}
        />
        <div
          data-tone="failed"
          className="h-full bg-tone-solid transition-[width] duration-300"
          style={{ width: share(failed) }}
        />
      </div>
      <span className="tabular-nums">
        {initializing ? "Initializing…" : words}
        {skipped > 0 && `, ${skipped} skipped`}
        {failed > 0 && (
          <span data-tone="failed" className="text-tone">
            , {failed} failed
          </span>
        )}
      </span>
    </div>
  );
}
