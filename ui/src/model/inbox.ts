// What waits for a person, in all runs.

import type { Execution, Step } from "@/api/executions";

import { isTerminal } from "./status";

export interface InboxItem {
  /** Changes when the same stage asks again. */
  key: string;
  kind: "gate" | "question";
  run: Execution;
  step: Step;
  /** Since when it waits. */
  since: string;
  /** When nobody needs to answer any more. */
  deadline: string | null;
}

/** The items of these runs, the longest waiting first. */
export function inboxItems(runs: readonly Execution[]): InboxItem[] {
  return runs
    .filter((run) => !isTerminal(run.status))
    .flatMap((run) => (run.steps ?? []).flatMap((step) => itemOf(run, step)))
    .sort((a, b) => a.since.localeCompare(b.since));
}

function itemOf(run: Execution, step: Step): InboxItem[] {
  const key = `${run.id}:${step.stage_id}:${step.iteration}.${step.dispatch}`;
  const since = step.started_at ?? run.updated_at;
  if (step.status === "waiting_for_approval") {
    const deadline = step.gate?.["deadline"];
    return [
      {
        key,
        kind: "gate",
        run,
        step,
        since,
        deadline: typeof deadline === "string" ? deadline : null,
      },
    ];
  }
  if (step.status === "waiting_for_input" && step.question) {
    return [{ key, kind: "question", run, step, since, deadline: step.question.deadline }];
  }
  return [];
}

/** Whoever has so little time left should look first. */
const SOON_MS = 60 * 60_000;

/** What is due soon before the rest; each group with the most urgent first. */
export function byUrgency(items: readonly InboxItem[], now: number) {
  const due = (item: InboxItem) => (item.deadline === null ? Infinity : Date.parse(item.deadline));
  const soon = items
    .filter((item) => due(item) - now < SOON_MS)
    .toSorted((a, b) => due(a) - due(b));
  const groups = [
    { title: "Due within the hour", items: soon },
    { title: "Waiting", items: items.filter((item) => !soon.includes(item)) },
  ];
  return groups.filter((group) => group.items.length > 0);
}
