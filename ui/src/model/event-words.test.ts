import { expect, it } from "vitest";

import { eventWords } from "./event-words";

const CASES: [Record<string, unknown>, string, string | undefined][] = [
  [{ type: "run_created", created_by: "ann" }, "Run started", "by ann"],
  [
    { type: "stage_started", stage: "a", iteration: 1, attempt: 2, dispatch: 3 },
    "Started",
    "attempt 2 · start 3",
  ],
  [
    { type: "stage_started", stage: "a", iteration: 2, attempt: 1, dispatch: 3 },
    "Started",
    "round 2 · attempt 1 · start 3",
  ],
  [
    { type: "stage_failed", stage: "a", failure: { label: "exit", message: "code 3" } },
    "Failed",
    "exit · code 3",
  ],
  [
    { type: "stage_asked", stage: "a", questions: [{ question: "Why?" }, { question: "How?" }] },
    "Asks a question",
    "Why? · How?",
  ],
  [{ type: "stage_asked", stage: "a" }, "Asks a question", undefined],
  [
    { type: "stage_answered", stage: "a", by: "ann", answers: { Why: "so", To: ["x", "y"] } },
    "Answered",
    "by ann · Why: so · To: x, y",
  ],
  [
    { type: "gate_approved", stage: "a", decision: { by: "ann", reason: "good" } },
    "Approved",
    "by ann · good",
  ],
  [
    { type: "stage_reopened", stage: "a", by: "ann", feedback: "shorter" },
    "Sent back",
    "by ann · shorter",
  ],
  [
    { type: "stage_skipped", stage: "a", reason: "condition_false" },
    "Skipped",
    "its condition was false",
  ],
  [
    { type: "stage_skipped", stage: "a", reason: "dependency_failed" },
    "Skipped",
    "a stage before it failed",
  ],
  [
    { type: "graph_edited", edits: [{ type: "delete", stage: "b" }], by: "ann" },
    "Stages changed",
    "delete b · by ann",
  ],
  [
    { type: "hook_finished", point: "on_start", error: "exit 1" },
    "Hook done",
    "on_start · failed: exit 1",
  ],
  [{ type: "run_ended", status: "failed", error: "no" }, "Run ended", "failed · no"],
  [{ type: "something_new" }, "something new", undefined],
];

it.each(CASES)("tells %o", (event, title, detail) => {
  const words = eventWords({ seq: 1, at: "2026-01-01T10:00:00Z", event });
  expect([words.title, words.detail]).toEqual([title, detail]);
  expect(words.stage).toBe(event["stage"]);
});
