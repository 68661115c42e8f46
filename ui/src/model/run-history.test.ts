import { describe, expect, it } from "vitest";

import { attemptsOf, readHistory, readPlan, type StoredEvent } from "./run-history";

const BEGIN = Date.parse("2026-01-01T10:00:00.000Z");

/** Events, one a second. */
function events(...list: Record<string, unknown>[]): StoredEvent[] {
  return list.map((event, index) => ({
    seq: index + 1,
    at: new Date(BEGIN + index * 1_000).toISOString(),
    event,
  }));
}

const at = (second: number) => BEGIN + second * 1_000;
const crash = { label: "crash", message: "gone" };

describe("readHistory", () => {
  it("tells attempts, and the waiting between them, apart", () => {
    const history = readHistory(
      events(
        { type: "stage_started", stage: "a", iteration: 1, attempt: 1, dispatch: 1 },
        { type: "stage_retrying", stage: "a", dispatch: 1, failure: crash },
        { type: "stage_ready", stage: "a" },
        { type: "stage_started", stage: "a", iteration: 1, attempt: 2, dispatch: 2 },
        { type: "stage_completed", stage: "a", dispatch: 2 },
      ),
    );
    const segments = history.get("a") ?? [];
    expect(
      segments.map(({ kind, attempt, from, to, end }) => [kind, attempt, from, to, end]),
    ).toEqual([
      ["work", 1, at(0), at(1), "failed"],
      ["retry", 1, at(1), at(3), null],
      ["work", 2, at(3), at(4), "completed"],
    ]);
    expect(segments[0]?.failure).toEqual(crash);
  });

  it("shows questions, gates and what goes on", () => {
    const history = readHistory(
      events(
        { type: "stage_started", stage: "a", iteration: 1, attempt: 1, dispatch: 1 },
        { type: "stage_asked", stage: "a", dispatch: 1 },
        { type: "gate_opened", stage: "g" },
        { type: "stage_answered", stage: "a" },
        { type: "stage_started", stage: "a", iteration: 1, attempt: 1, dispatch: 2 },
        { type: "gate_rejected", stage: "g" },
      ),
    );
    expect(history.get("a")?.map(({ kind, to }) => [kind, to])).toEqual([
      ["work", at(1)],
      ["question", at(3)],
      ["work", null],
    ]);
    expect(history.get("g")?.map(({ kind, end }) => [kind, end])).toEqual([["gate", "failed"]]);
  });

  it("knows time limits, turns, rounds and the end of the run", () => {
    const history = readHistory(
      events(
        { type: "stage_started", stage: "a", iteration: 1, attempt: 1, dispatch: 1 },
        { type: "stage_summarizing", stage: "a", dispatch: 2 },
        { type: "stage_failed", stage: "a", failure: { label: "timeout", message: "late" } },
        { type: "stage_reopened", stage: "a", iteration: 2 },
        { type: "stage_started", stage: "a", iteration: 2, attempt: 1, dispatch: 3 },
        { type: "run_ended", status: "cancelled" },
      ),
    );
    const segments = history.get("a") ?? [];
    expect(segments.map(({ turn, end }) => [turn, end])).toEqual([
      [null, null],
      ["summary", "timed_out"],
      [null, "cancelled"],
    ]);
    expect(segments.at(-1)?.iteration).toBe(2);
  });
});

describe("attemptsOf", () => {
  it("joins the turns of an attempt, the newest attempt first", () => {
    const history = readHistory(
      events(
        { type: "stage_started", stage: "a", iteration: 1, attempt: 1, dispatch: 1 },
        { type: "stage_retrying", stage: "a", dispatch: 1, failure: crash },
        { type: "stage_started", stage: "a", iteration: 1, attempt: 2, dispatch: 2 },
        { type: "stage_repairing", stage: "a", dispatch: 3, failure: crash },
        { type: "stage_completed", stage: "a", dispatch: 3 },
      ),
    );
    const attempts = attemptsOf(history.get("a") ?? []);
    expect(attempts.map(({ attempt, dispatches, end }) => [attempt, dispatches, end])).toEqual([
      [2, [2, 3], "completed"],
      [1, [1], "failed"],
    ]);
    expect(attemptsOf([])).toEqual([]);
  });
});

describe("readPlan", () => {
  it("has the stages it began with, as later edits left them", () => {
    const plan = readPlan(
      events(
        {
          type: "run_created",
          plan: {
            stages: [
              {
                id: "a",
                kind: { type: "agent", model: "opus", instructions: "Look." },
                timeout: 1_000,
                retry: { attempts_max: 3 },
              },
              { id: "b", condition: "${{ true }}" },
            ],
          },
        },
        {
          type: "graph_edited",
          edits: [
            { type: "update", stage: { id: "b", kind: { type: "gate" } } },
            { type: "delete", stage: "c" },
          ],
        },
      ),
    );
    expect(plan.get("a")).toEqual({
      instructions: "Look.",
      model: "opus",
      condition: undefined,
      timeoutMs: 1_000,
      attemptsMax: 3,
    });
    expect(plan.get("b")?.condition).toBeUndefined();
    expect(plan.size).toBe(2);
  });
});
