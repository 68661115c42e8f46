import { StatusBadge } from "@/components/status";
import { Elapsed, RelativeTime } from "@/components/time";
import { Words } from "@/features/waiting/words";
import type { Attempt } from "@/model/run-history";

import { useRunSearch } from "./use-run-search";

/** The attempts of a stage, the newest first. */
export function AttemptsTab({ attempts }: { attempts: readonly Attempt[] }) {
  const { change } = useRunSearch();
  return (
    <ol aria-label="Attempts" className="flex flex-col gap-2">
      {attempts.map((one) => (
        <li
          key={`${one.iteration}.${one.attempt}`}
          className="rounded-md border border-line px-3 py-2.5"
        >
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h3 className="text-sm font-medium">{nameOf(one)}</h3>
            <StatusBadge status={stateOf(one)} />
            <span className="flex-1" />
            <span className="text-xs text-ink-3">
              <RelativeTime at={new Date(one.from).toISOString()} />
              {" · "}
              <Elapsed
                from={new Date(one.from).toISOString()}
                to={one.to === null ? null : new Date(one.to).toISOString()}
              />
            </span>
          </div>
          {one.failure !== null && (
            <p data-tone="failed" className="mt-1.5 text-sm [overflow-wrap:anywhere] text-tone">
              <code className="text-xs">{one.failure.label}</code>{" "}
              <Words text={one.failure.message} />
            </p>
          )}
          {one.dispatches.length > 1 && (
            <p className="mt-1 text-xs text-ink-3">
              {one.dispatches.length} turns: {one.segments.map(turnOf).join(", ")}
            </p>
          )}
        </li>
      ))}
      <li className="text-xs text-ink-3">
        <button
          type="button"
          className="touch rounded-sm underline decoration-line-strong underline-offset-2 hover:text-ink"
          onClick={() => change({ tab: "log", line: undefined })}
        >
          Each of them has its own log
        </button>
      </li>
    </ol>
  );
}

function nameOf({ iteration, attempt, segments }: Attempt): string {
  const what = segments.some(({ kind }) => kind === "gate") ? "Decision" : `Attempt ${attempt}`;
  return iteration > 1 ? `Round ${iteration}, ${what.toLowerCase()}` : what;
}

function stateOf({ end, to, segments }: Attempt) {
  if (end !== null) return end;
  const kind = segments.at(-1)?.kind;
  if (to === null && kind === "gate") return "waiting_for_approval";
  return to === null && kind === "question" ? "waiting_for_input" : "running";
}

function turnOf({ kind, turn }: Attempt["segments"][number]): string {
  if (kind === "question") return "asked";
  if (turn === "repair") return "mended its output";
  if (turn === "summary") return "wrote a summary";
  return turn === "restart" ? "started again after a crash" : "worked";
}
