// Events of a run as somebody would tell them.

import { block, shown, textAt } from "./definition";
import type { StoredEvent } from "./run-history";
import type { Tone } from "./status";
import { usageOfEvent, usageWords } from "./usage";

export interface EventWords {
  stage: string | undefined;
  title: string;
  detail: string | undefined;
  tone: Tone;
}

type Words = [title: string, tone: Tone, detail?: (event: unknown) => string | undefined];

const WORDS: Readonly<Record<string, Words>> = {
  run_created: ["Run started", "neutral", (event) => byWhom(textAt(event, "created_by"))],
  run_paused: ["Paused", "paused", person],
  run_resumed: ["Resumed", "running", person],
  run_reopened: ["Run opened again", "running", person],
  run_stopping: ["Run is ending", "neutral", (event) => textAt(event, "reason")],
  run_ended: ["Run ended", "neutral", ended],
  graph_edited: ["Stages changed", "waiting", edited],
  hook_finished: ["Hook done", "neutral", hooked],
  stage_ready: ["Condition holds", "neutral"],
  stage_started: ["Started", "running", started],
  stage_restarted: ["Started again after a crash", "paused", started],
  stage_stopping: ["Told to end", "neutral", (event) => textAt(event, "reason")],
  stage_repairing: ["Asked to mend its output", "paused", failed],
  stage_summarizing: ["Asked for a summary", "running"],
  stage_spent: ["Told what it used", "neutral", (event) => usageWords(usageOfEvent(event))],
  stage_asked: ["Asks a question", "waiting", asked],
  stage_answered: ["Answered", "running", answered],
  stage_retrying: ["Failed, will try again", "expired", failed],
  stage_reopened: ["Sent back", "waiting", sentBack],
  stage_reset: ["Starts over", "neutral"],
  stage_completed: ["Completed", "completed"],
  stage_failed: ["Failed", "failed", failed],
  stage_skipped: ["Skipped", "neutral", skipped],
  stage_cancelled: ["Cancelled", "neutral"],
  gate_opened: ["Waits for approval", "waiting", (event) => textAt(event, "message")],
  gate_approved: ["Approved", "completed", decided],
  gate_rejected: ["Rejected", "failed", decided],
};

export function eventWords({ event }: StoredEvent): EventWords {
  const type = textAt(event, "type") ?? "";
  // What a newer server tells has no words here, but still its name.
  const [title, tone, detail] = WORDS[type] ?? [type.replaceAll("_", " "), "neutral"];
  return { stage: textAt(event, "stage"), title, tone, detail: detail?.(event) };
}

function join(...parts: (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join(" · ");
}

function byWhom(by: string | undefined): string | undefined {
  return by === undefined ? undefined : `by ${by}`;
}

function person(event: unknown) {
  return join(byWhom(textAt(event, "by")), textAt(event, "reason"));
}

function ended(event: unknown) {
  return join(textAt(event, "status"), textAt(event, "error"));
}

function started(event: unknown) {
  const { iteration, attempt, dispatch } = block(event);
  const round = typeof iteration === "number" && iteration > 1 ? `round ${iteration}` : undefined;
  const which = typeof attempt === "number" ? `attempt ${attempt}` : undefined;
  const start = typeof dispatch === "number" ? `start ${dispatch}` : undefined;
  return join(round, which, start);
}

function failed(event: unknown) {
  return join(textAt(event, "failure", "label"), textAt(event, "failure", "message"));
}

function decided(event: unknown) {
  return join(byWhom(textAt(event, "decision", "by")), textAt(event, "decision", "reason"));
}

function sentBack(event: unknown) {
  return join(byWhom(textAt(event, "by")), textAt(event, "feedback"));
}

function skipped(event: unknown) {
  const reason = textAt(event, "reason");
  if (reason === "condition_false") return "its condition was false";
  return reason === "dependency_failed" ? "a stage before it failed" : reason;
}

function asked(event: unknown) {
  const { questions } = block(event);
  if (!Array.isArray(questions)) return undefined;
  return questions.map((one) => textAt(one, "question") ?? "").join(" · ");
}

function answered(event: unknown) {
  const answers = Object.entries(block(block(event)["answers"]));
  const said = answers.map(([name, value]) => {
    const words = Array.isArray(value) ? value.map(shown).join(", ") : shown(value);
    return `${name}: ${words}`;
  });
  return join(byWhom(textAt(event, "by")), ...said);
}

function edited(event: unknown) {
  const { edits } = block(event);
  const words = (Array.isArray(edits) ? edits : []).map((edit: unknown) => {
    const id = textAt(edit, "stage", "id") ?? textAt(edit, "stage") ?? "";
    return `${textAt(edit, "type") ?? "edit"} ${id}`;
  });
  return join(words.join(", "), person(event));
}

function hooked(event: unknown) {
  const error = textAt(event, "error");
  return join(textAt(event, "point"), error === undefined ? undefined : `failed: ${error}`);
}
