import { expect, it } from "vitest";

import { actionsFor, isConfirmed, RUN_ACTIONS, type RunAction } from "./run-actions";
import { EXECUTION_STATUSES, isTerminal } from "./status";

it("offers to start over exactly when a run has ended", () => {
  for (const status of EXECUTION_STATUSES) {
    expect(actionsFor(status).includes("rerun")).toBe(isTerminal(status));
    expect(actionsFor(status).includes("cancel")).toBe(!isTerminal(status));
  }
});

it("asks before what cannot be taken back, or starts something", () => {
  const all = Object.keys(RUN_ACTIONS) as RunAction[];
  expect(all.filter(isConfirmed)).toEqual(["cancel", "rerun"]);
});
