import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";

import type { Finding } from "@/api/workflows";

import { type Position, spanOf } from "./positions";

/** What the server finds in the text; each finding leads to its place. */
export function Problems({
  findings,
  onGoTo,
}: {
  findings: readonly Finding[];
  onGoTo: (position: Position) => void;
}) {
  if (findings.length === 0) return null;
  return (
    <ul aria-label="Problems" className="max-h-44 divide-y divide-line overflow-y-auto">
      {findings.map((finding, index) => {
        const start = spanOf(finding.span)?.start;
        const error = finding.severity === "error";
        const Icon = error ? CircleAlert : TriangleAlert;
        return (
          <li key={`${finding.code}-${finding.path}-${index}`}>
            <button
              type="button"
              disabled={!start}
              onClick={() => start && onGoTo(start)}
              className="flex w-full items-start gap-2.5 px-4 py-2 text-left text-sm hover:bg-hover"
            >
              <Icon
                aria-label={finding.severity}
                data-tone={error ? "failed" : "paused"}
                className="mt-0.5 size-4 shrink-0 text-tone"
              />
              <span className="min-w-0 flex-1">
                <span className="text-ink">{finding.message}</span>
                {finding.help !== null && <span className="block text-ink-3">{finding.help}</span>}
              </span>
              <span className="shrink-0 text-xs text-ink-3 tabular-nums">
                {finding.code}
                {start && ` · ${start.line}:${start.column}`}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** How many problems there are, in a few words. */
export function ProblemCount({ findings }: { findings: readonly Finding[] | null }) {
  const errors = findings?.filter(({ severity }) => severity === "error").length ?? 0;
  const warnings = (findings?.length ?? 0) - errors;
  if (findings === null) return <span className="text-xs text-ink-3">Not checked</span>;
  if (findings.length === 0) {
    return (
      <span
        data-tone="completed"
        className="flex items-center gap-1.5 text-xs font-medium text-tone"
      >
        <CircleCheck aria-hidden="true" className="size-3.5" />
        No problems
      </span>
    );
  }
  return (
    <span aria-live="polite" className="flex items-center gap-3 text-xs font-medium">
      {errors > 0 && (
        <span data-tone="failed" className="flex items-center gap-1.5 text-tone">
          <CircleAlert aria-hidden="true" className="size-3.5" />
          {errors === 1 ? "1 error" : `${errors} errors`}
        </span>
      )}
      {warnings > 0 && (
        <span data-tone="paused" className="flex items-center gap-1.5 text-tone">
          <TriangleAlert aria-hidden="true" className="size-3.5" />
          {warnings === 1 ? "1 warning" : `${warnings} warnings`}
        </span>
      )}
    </span>
  );
}
