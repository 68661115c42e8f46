import { expect, it } from "vitest";

import { makeRun, makeStep } from "@/testing/runs";

import { leftAlone } from "./left-alone";

const AT = "2026-01-01T09:00:00Z";
const after = (seconds: number) => Date.parse(AT) + seconds * 1_000;
const run = (
  status: "pending" | "running" | "paused" | "completed",
  step?: "running" | "pending",
) => makeRun({ status, updated_at: AT, steps: step ? [makeStep({ status: step })] : [] });

it.each([
  ["just started", run("pending"), 5, null],
  ["never started", run("pending", "pending"), 40, "idle"],
  ["nothing at work", run("running", "pending"), 40, "idle"],
  ["an agent at work", run("running", "running"), 600, null],
  ["an agent nobody hears of", run("running", "running"), 3_600, "silent"],
  ["paused", run("paused", "pending"), 3_600, null],
  ["ended", run("completed"), 3_600, null],
] as const)("%s", (_name, one, seconds, why) => {
  expect(leftAlone(one, after(seconds))).toBe(why);
});

it("is in hand while it waits for a person, however long", () => {
  const waits = makeRun({
    status: "running",
    updated_at: AT,
    steps: [makeStep({ status: "waiting_for_approval" }), makeStep({ status: "pending" })],
  });
  expect(leftAlone(waits, after(86_400))).toBeNull();
});
