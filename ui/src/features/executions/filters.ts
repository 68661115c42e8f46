import type { ExecutionFilters } from "@/api/executions";
import { compact } from "@/app/search-params";

export const SINCE = ["1h", "24h", "7d", "30d"] as const;
export type Since = (typeof SINCE)[number];

const HOURS: Readonly<Record<Since, number>> = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 };
/** The present moves on in steps, so that a list is not another one at each look. */
const STEP_MS = 5 * 60_000;

/** What the URL of the executions says. */
export interface ExecutionsSearch {
  status?: string;
  workflow?: string;
  project?: string;
  search?: string;
  since?: Since;
  sort?: "created_at" | "started_at" | "completed_at";
  order?: "asc" | "desc";
}

/** What the server is asked for. */
export function toFilters(search: ExecutionsSearch, now: number): ExecutionFilters {
  const { status, workflow, project, since, sort, order } = search;
  const step = Math.floor(now / STEP_MS) * STEP_MS;
  const begin = since === undefined ? undefined : step - HOURS[since] * 3_600_000;
  return compact({
    status,
    workflow,
    project_id: project,
    search: search.search,
    started_after: begin === undefined ? undefined : new Date(begin).toISOString(),
    sort_by: sort,
    sort_order: order,
  });
}

/** Whether anything is left out. */
export function isFiltered({
  status,
  workflow,
  project,
  search,
  since,
}: ExecutionsSearch): boolean {
  return [status, workflow, project, search, since].some((one) => one !== undefined);
}
