import { describe, expect, it } from "vitest";

import { makeRun, makeStep } from "@/testing/runs";

import {
  dependentsOf,
  inOrder,
  progressOf,
  rerunsWith,
  sendableTo,
  stageToShow,
  storyOf,
} from "./run-story";

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
      steps: [],
      waiting: { steps: [gate], whom: "ann or ben", deadline: "2026-01-02T10:00:00Z" },
    });
    const asks = storyOf(makeRun({ status: "waiting_for_input", steps: [asking] }));
    expect(asks.waiting).toMatchObject({ whom: "you", deadline: "2026-01-03T10:00:00Z" });
  });

  it("says so too while another branch works, or the run is paused", () => {
    for (const status of ["running", "paused"] as const) {
      const story = storyOf(makeRun({ status, steps: [a, b, gate] }));
      expect([story.steps, story.waiting?.steps]).toEqual([[b], [gate]]);
    }
    expect(storyOf(makeRun({ status: "cancelled", steps: [gate] })).waiting).toBeUndefined();
  });

  it("tells of several what is due first, and everybody who is asked", () => {
    const open = makeStep({ ...gate, stage_id: "o", gate: { approvers: [] } });
    const { waiting } = storyOf(makeRun({ status: "running", steps: [open, asking, gate] }));
    expect(waiting).toEqual({
      steps: [gate, asking, open],
      whom: "ann or ben and you",
      deadline: "2026-01-02T10:00:00Z",
    });
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

it("counts among what a repetition runs what did not end well elsewhere", () => {
  const leaf = makeStep({ stage_id: "leaf", status: "completed", depends_on: ["a"] });
  const after = makeStep({
    stage_id: "after",
    status: "skipped",
    depends_on: ["x"],
    batch_index: 1,
  });
  const cancelled = makeStep({ stage_id: "c", status: "cancelled", depends_on: ["a"] });
  const skipped = makeStep({ stage_id: "s", status: "skipped" });
  const again = rerunsWith([a, leaf, broken, after, cancelled, skipped], "leaf");
  expect([...again].toSorted()).toEqual(["after", "c", "leaf", "x"]);
});

it("knows what starts over with a stage, and where work can go back to", () => {
  expect([...dependentsOf([a, b, gate, asking], "b")]).toEqual(["b", "g"]);
  const done = { ...b, status: "completed" as const };
  const run = makeRun({ status: "waiting_for_approval", steps: [a, done, gate] });
  expect(sendableTo(run, gate).map(({ stage_id }) => stage_id)).toEqual(["b", "a"]);
  expect(sendableTo({ ...run, status: "failed" }, gate)).toEqual([]);
});
