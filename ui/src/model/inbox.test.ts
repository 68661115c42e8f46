import { describe, expect, it } from "vitest";

import { itemsOf, makeRun, makeStep } from "@/testing/runs";

import { askedOf, byUrgency, itemOf, keyOf, nameOf, requestOf, stepOf } from "./inbox";

const gate = makeStep({
  stage_id: "g",
  stage_type: "gate",
  status: "waiting_for_approval",
  started_at: "2026-01-01T10:00:00Z",
  gate: { message: "Go on?", approvers: ["ann", "ben"], deadline: "2026-01-01T12:00:00Z" },
});
const question = makeStep({
  stage_id: "q",
  status: "waiting_for_input",
  started_at: "2026-01-01T09:00:00Z",
  question: {
    asker: "agent",
    questions: [],
    deadline: "2026-01-01T13:00:00Z",
    answers: null,
    answered_by: null,
  },
});

describe("itemOf", () => {
  it("is what a gate or a question waits for", () => {
    const run = makeRun({ id: "1", status: "waiting_for_approval", steps: [gate, question] });
    expect(itemOf(run, gate)).toMatchObject({
      kind: "gate",
      execution_id: "1",
      message: "Go on?",
      since: "2026-01-01T10:00:00Z",
      deadline: "2026-01-01T12:00:00Z",
    });
    expect(itemOf(run, question)).toMatchObject({
      kind: "question",
      approvers: [],
      deadline: "2026-01-01T13:00:00Z",
    });
  });

  it("is nothing where nobody is waited for", () => {
    expect(itemOf(makeRun(), makeStep())).toBeNull();
    expect(itemOf(makeRun({ status: "cancelled" }), gate)).toBeNull();
    expect(itemOf(makeRun(), { ...question, question: null })).toBeNull();
  });
});

it("calls an item anew when the stage asks again, and its place the same", () => {
  const [first, second] = [1, 2].map((iteration) => itemOf(makeRun(), { ...gate, iteration }));
  if (!first || !second) throw new Error("both wait");
  expect(keyOf(first)).not.toBe(keyOf(second));
  expect(nameOf(first)).toBe(nameOf(second));
});

it("finds the step in a run that is as recent as the item", () => {
  const run = makeRun({ steps: [makeStep(), gate] });
  const item = itemOf(run, gate);
  if (!item) throw new Error("it waits");
  expect(stepOf(run, item)).toBe(gate);
  expect(stepOf({ ...run, steps: [{ ...gate, iteration: 2 }] }, item)).toBeUndefined();
  expect(stepOf({ ...run, steps: [{ ...gate, status: "completed" }] }, item)).toBeUndefined();
  expect(stepOf({ ...run, steps: null }, item)).toBeUndefined();
});

it("names who is asked", () => {
  const asked = itemsOf([makeRun({ steps: [gate, question] })]).map(askedOf);
  expect(asked).toEqual(["you", "ann or ben"]);
});

it("says what is asked, also where a gate has no words of its own", () => {
  const silent = { ...gate, stage_id: "s", gate: {} };
  const one = { name: "a", header: null, options: [], multi_select: false };
  const questions = ["How?", "When?"].map((words) => ({ ...one, question: words }));
  const asks = { ...question, question: question.question && { ...question.question, questions } };
  const items = itemsOf([makeRun({ steps: [gate, silent, asks] })]);
  const said = Object.fromEntries(items.map((item) => [item.stage_id, requestOf(item)]));
  expect(said).toEqual({ g: "Go on?", s: "May the run go on?", q: "How? When?" });
});

it("puts first what is due soon", () => {
  const items = itemsOf([makeRun({ steps: [gate, question] })]);
  const titles = (now: string) =>
    byUrgency(items, Date.parse(now)).map((group) => [group.title, group.items.length]);
  expect(titles("2026-01-01T10:00:00Z")).toEqual([["Waiting", 2]]);
  expect(titles("2026-01-01T11:30:00Z")).toEqual([
    ["Due within the hour", 1],
    ["Waiting", 1],
  ]);
  expect(byUrgency([], 0)).toEqual([]);
});

it("sorts a group by what is due first, and puts last what has no end", () => {
  const steps = [
    { ...gate, stage_id: "never", gate: { message: "Go on?" } },
    question,
    { ...gate, stage_id: "first" },
  ];
  const [group] = byUrgency(itemsOf([makeRun({ steps })]), Date.parse("2026-01-01T10:00:00Z"));
  expect(group?.items.map(({ stage_id }) => stage_id)).toEqual(["first", "q", "never"]);
});
