// What somebody chooses and writes in the form of an agent's questions.

import type { Question } from "@/api/executions";

/** By the names of questions: what was chosen, or the one text that was written. */
export type Draft = Readonly<Record<string, readonly string[]>>;

/** The draft after an option was pressed: it joins the others, or takes their place. */
export function choose(draft: Draft, question: Question, label: string): Draft {
  const chosen = draft[question.name] ?? [];
  const rest = chosen.filter((one) => one !== label);
  if (rest.length < chosen.length) return { ...draft, [question.name]: rest };
  return { ...draft, [question.name]: question.multi_select ? [...chosen, label] : [label] };
}

export function write(draft: Draft, question: Question, text: string): Draft {
  return { ...draft, [question.name]: text === "" ? [] : [text] };
}

/** The answers, and the names of the questions that have none yet. */
export function readAnswers(questions: readonly Question[], draft: Draft) {
  const answers: Record<string, string | string[]> = {};
  const missing: string[] = [];
  for (const { name, options, multi_select } of questions) {
    const said = (draft[name] ?? []).map((one) => one.trim()).filter((one) => one !== "");
    const [first] = said;
    if (first === undefined) missing.push(name);
    else answers[name] = multi_select && options.length > 0 ? said : first;
  }
  return { answers, missing };
}
