import type { ExecutionFilters } from "@/api/executions";
import { compact, oneOf, text } from "@/app/search-params";

const SINCE = ["1h", "24h", "7d", "30d"] as const;
export type Since = (typeof SINCE)[number];

const HOURS: Readonly<Record<Since, number>> = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 };
/** The present moves on in steps, so that a list is not another one at each look. */
const STEP_MS = 5 * 60_000;

/** What the URL says of a list of runs. */
export interface ExecutionsSearch {
  /** One or more states, separated by commas. */
  status?: string;
  /** Id of the definition, or name of the workflow. */
  workflow?: string;
  /** Id or name of a project. */
  project?: string;
  search?: string;
  since?: Since;
  sort?: "created_at" | "started_at" | "completed_at";
  order?: "asc" | "desc";
}

/** All runs of which a list is a part: those of a workflow, or of a project. */
export type Within = Pick<ExecutionFilters, "workflow_id" | "project_id">;

/** Reads them from an address. */
export function readSearch(search: Record<string, unknown>): ExecutionsSearch {
  return compact({
    status: text(search["status"]),
    workflow: text(search["workflow"]),
    project: text(search["project"]),
    search: text(search["search"]),
    since: oneOf(SINCE, search["since"]),
    sort: oneOf(["created_at", "started_at", "completed_at"], search["sort"]),
    order: oneOf(["asc", "desc"], search["order"]),
  });
}

/** Takes away all that leaves something out. */
export const NO_FILTERS = {
  status: undefined,
  workflow: undefined,
  project: undefined,
  search: undefined,
  since: undefined,
};

/** What the server is asked for. */
export function toFilters(
  search: ExecutionsSearch,
  now: number,
  within: Within = {},
): ExecutionFilters {
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
    ...within,
  });
}

/** How many filters there are beside the words that are searched for. */
export function countFilters({ status, workflow, project, since }: ExecutionsSearch): number {
  return [status, workflow, project, since].filter((one) => one !== undefined).length;
}

/** Whether anything is left out. */
export function isFiltered(search: ExecutionsSearch): boolean {
  return search.search !== undefined || countFilters(search) > 0;
}

export function countWords(total: number): string {
  return total === 1 ? "1 run" : `${total} runs`;
}
