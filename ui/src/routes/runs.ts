import { compact, someOf } from "@/app/search-params";
import { readSearch } from "@/features/executions/filters";
import { EXECUTION_STATUSES } from "@/model/status";

/** What an address says of a list of runs, as far as the server would understand it. */
export function readRuns(search: Record<string, unknown>) {
  const { status, ...rest } = readSearch(search);
  return compact({ ...rest, status: someOf(EXECUTION_STATUSES, status) });
}
