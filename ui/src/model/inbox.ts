// What waits for a person: how it is called, what it is made of, what comes first.

import type { Execution, Step } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";

import { textAt, textsAt } from "./definition";
import { isTerminal } from "./status";

/** Changes when the same stage asks again. */
export function keyOf(item: InboxItem): string {
  return `${nameOf(item)}:${item.iteration}.${item.dispatch}`;
}

/** Whether it is the same request, or none both times. */
export function isSameItem(
  a: InboxItem | null | undefined,
  b: InboxItem | null | undefined,
): boolean {
  return a && b ? keyOf(a) === keyOf(b) : !a && !b;
}

/** How it is called in addresses. */
export function nameOf({ execution_id, stage_id }: InboxItem): string {
  return `${execution_id}:${stage_id}`;
}

/** What a stage of a run that is at hand waits for; null when it waits for nobody. */
export function itemOf(run: Execution, step: Step): InboxItem | null {
  if (isTerminal(run.status)) return null;
  const asks = step.status === "waiting_for_input" && step.question !== null;
  return asks || step.status === "waiting_for_approval" ? requestAt(run, step) : null;
}

/** What a stage asks, or has asked, whether or not it waits for that. */
export function requestAt(run: Execution, step: Step): InboxItem {
  const gate = step.stage_type === "gate" || step.status === "waiting_for_approval";
  const question = gate ? null : step.question;
  const { project_id, directory, parameters, workflow_id, workflow_key, workflow_name } = run;
  const { stage_id, stage_name, agent, depends_on, iteration, dispatch } = step;
  return {
    kind: gate ? "gate" : "question",
    execution_id: run.id,
    execution_status: run.status,
    ...{ workflow_id, workflow_key, workflow_name, project_id, directory, parameters },
    ...{ stage_id, stage_name, agent, depends_on, iteration, dispatch },
    since: step.started_at ?? run.updated_at,
    deadline: gate ? (textAt(step.gate, "deadline") ?? null) : (question?.deadline ?? null),
    message: gate ? (textAt(step.gate, "message") ?? null) : null,
    approvers: gate ? textsAt(step.gate, "approvers") : [],
    question,
  };
}

/** The step that waits, when the run is as recent as the item. */
export function stepOf(run: Execution, item: InboxItem): Step | undefined {
  return run.steps?.find((step) => {
    const here = itemOf(run, step);
    return here !== null && keyOf(here) === keyOf(item);
  });
}

/** Who is asked: the approvers of a gate, or anybody. */
export function askedOf({ approvers }: InboxItem): string {
  return approvers.length === 0 ? "you" : approvers.join(" or ");
}

/** When it does not wait any longer; infinitely late for what has no end. */
function dueOf({ deadline }: InboxItem): number {
  return deadline === null ? Infinity : Date.parse(deadline);
}

/** What has no end comes last, in the order in which it was asked. */
export function compareDue(a: InboxItem, b: InboxItem): number {
  return dueOf(a) === dueOf(b) ? 0 : dueOf(a) - dueOf(b);
}

/** What somebody has to decide or to answer, in words. */
export function requestOf({ kind, message, question }: InboxItem): string {
  if (kind === "gate") return message ?? "May the run go on?";
  return (question?.questions ?? []).map((one) => one.question).join(" ");
}

/** Whoever has so little time left should look first. */
const SOON_MS = 60 * 60_000;

export interface InboxGroup {
  title: string;
  items: readonly InboxItem[];
}

/** What is due soon before the rest; each group with the most urgent first. */
export function byUrgency(items: readonly InboxItem[], now: number): InboxGroup[] {
  const isSoon = (item: InboxItem) => dueOf(item) - now < SOON_MS;
  const sorted = items.toSorted(compareDue);
  const groups = [
    { title: "Due within the hour", items: sorted.filter(isSoon) },
    { title: "Waiting", items: sorted.filter((item) => !isSoon(item)) },
  ];
  return groups.filter((group) => group.items.length > 0);
}
