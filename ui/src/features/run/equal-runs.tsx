import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";

import { buildExecutionsQuery } from "@/api/executions";
import type { Workflow } from "@/api/workflows";
import { RelativeTime } from "@/components/time";
import { hasSameValues, parametersOf } from "@/model/parameters";
import { EXECUTION_STATUSES, isTerminal, STATUSES } from "@/model/status";

const ACTIVE = EXECUTION_STATUSES.filter((status) => !isTerminal(status)).join(",");

/** Says that a run with the same values has not ended, before there is another one. */
export function EqualRuns({
  workflow,
  values,
}: {
  workflow: Workflow;
  values: Readonly<Record<string, unknown>>;
}) {
  const { data } = useInfiniteQuery(
    buildExecutionsQuery({ workflow_id: workflow.id, status: ACTIVE }),
  );
  const parameters = parametersOf(workflow.parameters);
  const equal = (data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((run) => !isTerminal(run.status) && hasSameValues(parameters, values, run.parameters));
  const [newest] = equal;
  if (!newest) return null;
  return (
    <p role="status" data-tone="paused" className="flex basis-full items-start gap-2 text-sm">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-tone" />
      <span className="text-ink-2">
        {equal.length === 1
          ? "A run with the same values has not ended: "
          : `${equal.length} runs with the same values have not ended; the newest is `}
        <Link
          to="/workflows/executions/$runId"
          params={{ runId: newest.id }}
          className="touch rounded-sm font-medium text-ink underline decoration-line-strong underline-offset-3 hover:decoration-ink-3"
        >
          {STATUSES[newest.status].label.toLowerCase()}, begun{" "}
          <RelativeTime at={newest.created_at} />
        </Link>
        .
      </span>
    </p>
  );
}
