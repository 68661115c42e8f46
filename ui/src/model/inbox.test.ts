import { describe, expect, it } from "vitest";

import { makeRun, makeStep } from "@/testing/runs";

import { byUrgency, inboxItems } from "./inbox";

const gate = makeStep({
  stage_id: "g",
  stage_type: "gate",
  status: "waiting_for_approval",
  started_at: "2026-01-01T10:00:00Z",
  gate: { deadline: "2026-01-01T12:00:00Z" },
});
const question = makeStep({
  stage_id: "q",
  status: "waiting_for_input",
  started_at: "2026-01-01T09:00:00Z",
  question: { asker: "agent", questions: [], deadline: null, answers: null, answered_by: null },
});

describe("inboxItems", () => {
  it("has gates and questions of runs that go on, the longest waiting first", () => {
    const items = inboxItems([
      makeRun({ id: "1", steps: [gate, makeStep()] }),
      makeRun({ id: "2", status: "waiting_for_input", steps: [question] }),
      makeRun({ id: "3", status: "cancelled", steps: [gate] }),
      makeRun({ id: "4", steps: null }),
    ]);
    expect(items.map(({ kind, run, deadline }) => [kind, run.id, deadline])).toEqual([
      ["question", "2", null],
      ["gate", "1", "2026-01-01T12:00:00Z"],
    ]);
  });

  it("calls an item anew when the stage asks again", () => {
    const key = (iteration: number) =>
      inboxItems([makeRun({ steps: [{ ...gate, iteration }] })])[0]?.key;
    expect(key(1)).not.toBe(key(2));
  });
});

it("puts first what is due soon", () => {
  const items = inboxItems([makeRun({ steps: [gate, question] })]);
  const titles = (now: string) =>
    byUrgency(items, Date.parse(now)).map((group) => [group.title, group.items.length]);
  expect(titles("2026-01-01T10:00:00Z")).toEqual([["Waiting", 2]]);
  expect(titles("2026-01-01T11:30:00Z")).toEqual([
    ["Due within the hour", 1],
    ["Waiting", 1],
  ]);
  expect(byUrgency([], 0)).toEqual([]);
});
