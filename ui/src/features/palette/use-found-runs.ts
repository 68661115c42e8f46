import { useQuery } from "@tanstack/react-query";

import {
  buildNewestQuery,
  buildRunByIdPart,
  buildRunSearch,
  type Execution,
} from "@/api/executions";
import { useProjectNames } from "@/features/projects/use-project-names";
import { byNameRank } from "@/model/name-rank";
import { STATUSES } from "@/model/status";

import { fits } from "./fits";

const SHOWN = { newest: 5, found: 8 };
/** A part of an id, long enough that it is no word. */
const ID_PART = /^(?=.*\d)[\da-f-]{6,36}$/i;

/**
 * Runs that fit what somebody types. Of the newest, all is known: parameters, state
 * and project, too. The others are asked for, by the names of their workflows and by ids.
 */
export function useFoundRuns(search: string): Execution[] {
  const { data: newest = [] } = useQuery(buildNewestQuery());
  const projects = useProjectNames();
  const asked = useQuery({ ...buildRunSearch(search), enabled: search !== "" });
  const near = search === "" ? [] : newest.filter((run) => fits(wordsOf(run, projects), search));
  const byId = useQuery({
    ...buildRunByIdPart(search),
    enabled: ID_PART.test(search) && near.length === 0,
  });
  if (search === "") return newest.slice(0, SHOWN.newest);

  const known = new Set(near.map(({ id }) => id));
  // What fitted the last letters need not fit these.
  const far = (asked.data ?? []).filter(
    (run) => !known.has(run.id) && fits(`${run.workflow_name} ${run.workflow_key}`, search),
  );
  const named = byId.data && !known.has(byId.data.id) ? [byId.data] : [];
  return byNameRank(
    [...near, ...named, ...far],
    search,
    ({ workflow_name }) => workflow_name,
  ).slice(0, SHOWN.found);
}

function wordsOf(run: Execution, projects: ReadonlyMap<string, string>): string {
  const { id, workflow_name, workflow_key, status, parameters, project_id } = run;
  const project = project_id === null ? "" : (projects.get(project_id) ?? "");
  const values = JSON.stringify(parameters);
  return `${workflow_name} ${workflow_key} ${id} ${STATUSES[status].label} ${project} ${values}`;
}
