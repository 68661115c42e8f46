import { expect, it } from "vitest";

import { makeRun } from "@/testing/runs";

import { freshKey } from "./fresh-key";
import { runEquivalents } from "./run-equivalents";

it("offers what can be done with the run, as commands and requests", () => {
  const run = makeRun({ status: "paused" });
  const all = runEquivalents("http://host:1", run);
  const text = (label: string) => all.find((one) => one.label === label)?.text;
  expect(text("baton resume")).toBe(`baton resume ${run.id}`);
  expect(text("curl, cancel")).toContain(`/api/v1/workflow-executions/${run.id}/cancel`);
  expect(text("baton pause")).toBeUndefined();
});

it("makes keys that differ", () => {
  expect(freshKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(freshKey()).not.toBe(freshKey());
});
