import { expect, it } from "vitest";

import type { Execution, Step } from "@/api/executions";
import { makeRun, makeStep } from "@/testing/runs";

import { requestAt } from "./inbox";
import { outcomeOf, outcomeWords } from "./outcome";

const gate = makeStep({
  stage_id: "agree",
  stage_type: "gate",
  status: "waiting_for_approval",
  iteration: 2,
  gate: { message: "Release it?" },
});
const asks = makeStep({
  stage_id: "draft",
  status: "waiting_for_input",
  dispatch: 3,
  question: { asker: "agent", questions: [], deadline: null, answers: null, answered_by: null },
});

/** Before the gate; somebody has told what should be different. */
const sentBack = (by: string, parts: Partial<Step> = {}) =>
  makeStep({
    stage_id: "write",
    stage_name: "Write it",
    iteration: 2,
    status: "running",
    feedback: { by, text: "Shorter" },
    started_at: "2026-01-01T09:10:00Z",
    ...parts,
  });

/** What became of a gate two stages behind one that is as it says. */
function fateBehind(before: Step) {
  const between = makeStep({ stage_id: "check", depends_on: ["write"], batch_index: 1 });
  const asked = {
    ...gate,
    depends_on: ["check"],
    batch_index: 2,
    started_at: "2026-01-01T09:00:00Z",
  };
  const item = requestAt(makeRun({ steps: [asked] }), asked);
  const now = { ...asked, iteration: 3, status: "pending" as const };
  return outcomeOf(makeRun({ steps: [before, between, now] }), item);
}

it.each<[string, Step, string]>([
  ["at work", sentBack("ann"), "Sent back to “Write it” by ann"],
  ["by nobody with a name", sentBack("local"), "Sent back to “Write it”"],
  [
    "done again already",
    sentBack("ann", { status: "completed", completed_at: "2026-01-01T09:11:00Z" }),
    "Sent back to “Write it” by ann",
  ],
  [
    "before it was asked",
    sentBack("ann", { started_at: "2026-01-01T08:00:00Z", completed_at: "2026-01-01T08:01:00Z" }),
    "It went on",
  ],
  ["started over for another reason", sentBack("ann", { feedback: null }), "It went on"],
])("says who has sent it back: %s", (_name, before, expected) => {
  const outcome = fateBehind(before);
  expect(outcome && outcomeWords(outcome)).toBe(expected);
  expect(outcome?.reason).toBe(expected === "It went on" ? null : "Shorter");
});

/** What became of what a step asked, when it is another one now. */
function fate(asked: Step, now: Partial<Step> | null, run: Partial<Execution> = {}) {
  const item = requestAt(makeRun({ steps: [asked] }), asked);
  const steps = now === null ? [] : [{ ...asked, ...now }];
  const outcome = outcomeOf(makeRun({ steps, ...run }), item);
  return outcome && outcomeWords(outcome);
}

const decided = (by: string) => ({ message: "Release it?", decided_by: by, reason: "Reads well" });
const answers = (by: string) => ({ question: { ...asks.question, answers: {}, answered_by: by } });

it.each<[string, string | null, string | null]>([
  ["still waits", fate(gate, {}), null],
  ["approved", fate(gate, { status: "completed", gate: decided("ann") }), "Approved by ann"],
  ["rejected", fate(gate, { status: "failed", gate: decided("bob") }), "Rejected by bob"],
  [
    "by nobody with a name",
    fate(gate, { status: "completed", gate: decided("local") }),
    "Approved",
  ],
  ["by whom is told later", fate(gate, { status: "completed" }), "Approved"],
  ["too late", fate(gate, { status: "failed" }), "Not approved"],
  ["decided in the round before", fate(gate, { iteration: 1, gate: decided("ann") }), null],
  ["sent back", fate(gate, { iteration: 3, status: "pending" }), "It went on"],
  ["left out", fate(gate, null), "Left out of the run"],
  ["not known yet", fate(gate, null, { steps: null }), null],
  [
    "cancelled",
    fate(gate, { status: "cancelled" }, { status: "cancelled" }),
    "The run was cancelled",
  ],
  ["still asks", fate(asks, {}), null],
  ["answered", fate(asks, { status: "running", ...answers("ann") } as Step), "Answered by ann"],
  ["asks once more", fate(asks, { dispatch: 4 }), "It went on"],
])("tells what became of it: %s", (_name, said, expected) => {
  expect(said).toBe(expected);
});
