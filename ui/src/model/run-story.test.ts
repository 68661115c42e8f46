import { describe, expect, it } from "vitest";

import { makeRun, makeStep } from "@/testing/runs";

import { dependentsOf, inOrder, progressOf, sendableTo, stageToShow, storyOf } from "./run-story";

const a = makeStep({ stage_id: "a", status: "completed", completed_at: "2026-01-01T10:00:00Z" });
const b = makeStep({ stage_id: "b", status: "running", depends_on: ["a"], batch_index: 1 });
const gate = makeStep({
  stage_id: "g",
  stage_type: "gate",
  status: "waiting_for_approval",
  depends_on: ["b"],
  batch_index: 2,
  gate: { approvers: ["ann", "ben"], deadline: "2026-01-02T10:00:00Z" },
});
const asking = makeStep({
  stage_id: "q",
  status: "waiting_for_input",
  question: {
    asker: "agent",
    questions: [],
    deadline: "2026-01-03T10:00:00Z",
    answers: null,
    answered_by: null,
  },
});
const broken = makeStep({ stage_id: "x", status: "failed" });

describe("storyOf", () => {
  it("says whom a run waits for, and until when", () => {
    expect(storyOf(makeRun({ status: "waiting_for_approval", steps: [a, gate] }))).toEqual({
      steps: [gate],
      waitsFor: "ann or ben",
      deadline: "2026-01-02T10:00:00Z",
    });
    const asks = storyOf(makeRun({ status: "waiting_for_input", steps: [asking] }));
    expect([asks.waitsFor, asks.deadline]).toEqual(["you", "2026-01-03T10:00:00Z"]);
  });

  it("names what works, what failed, and nothing when all is over", () => {
    expect(storyOf(makeRun({ status: "running", steps: [a, b] })).steps).toEqual([b]);
    expect(storyOf(makeRun({ status: "failed", steps: [a, broken] })).steps).toEqual([broken]);
    expect(storyOf(makeRun({ status: "completed", steps: [a] })).steps).toEqual([]);
    expect(storyOf(makeRun({ status: "pending", steps: null })).steps).toEqual([]);
  });
});

it("counts what ended, and how", () => {
  const skipped = makeStep({ status: "skipped" });
  const run = makeRun({ status: "running", steps: [a, b, broken, skipped] });
  expect(progressOf(run)).toEqual({
    done: 1,
    failed: 1,
    skipped: 1,
    total: 4,
    initializing: false,
  });
  expect(progressOf(makeRun({ status: "pending", steps: null })).initializing).toBe(true);
});

it("orders by batch, and keeps what is written", () => {
  expect(inOrder([gate, a, b]).map(({ stage_id }) => stage_id)).toEqual(["a", "b", "g"]);
});

it("shows first what wants to be seen", () => {
  const first = (...steps: Parameters<typeof stageToShow>[0]) => stageToShow(steps)?.stage_id;
  expect(first(a, b, gate, broken)).toBe("g");
  expect(first(a, b, broken)).toBe("b");
  expect(first(a, broken)).toBe("x");
  const later = makeStep({ ...a, stage_id: "z", completed_at: "2026-01-01T11:00:00Z" });
  expect(first(later, a)).toBe("z");
  expect(first(makeStep({ stage_id: "p" }))).toBe("p");
  expect(first()).toBeUndefined();
});

it("knows what runs again with a stage, and where work can go back to", () => {
  expect([...dependentsOf([a, b, gate, asking], "b")]).toEqual(["b", "g"]);
  const done = { ...b, status: "completed" as const };
  const run = makeRun({ status: "waiting_for_approval", steps: [a, done, gate] });
  expect(sendableTo(run, gate).map(({ stage_id }) => stage_id)).toEqual(["b", "a"]);
  expect(sendableTo({ ...run, status: "failed" }, gate)).toEqual([]);
});
