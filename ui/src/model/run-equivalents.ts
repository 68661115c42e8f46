// What can be done with a run, for a shell.

import type { Execution } from "@/api/executions";

import { curl } from "./equivalents";
import { actionsFor } from "./run-actions";

export function runEquivalents(origin: string, run: Execution) {
  const url = `${origin}/api/v1/workflow-executions/${run.id}`;
  const actions = actionsFor(run.status);
  return [
    { label: "baton show", text: `baton show ${run.id}` },
    { label: "baton logs", text: `baton logs ${run.id} --follow` },
    { label: "curl", text: curl("GET", url) },
    ...actions.flatMap((action) => [
      { label: `baton ${action}`, text: `baton ${action} ${run.id}` },
      {
        label: `curl, ${action}`,
        text: curl("POST", `${url}/${action}`, action === "resume" ? undefined : {}),
      },
    ]),
  ];
}
