import { describe, expect, it } from "vitest";

import type { Step } from "@/api/executions";
import { sampleRun } from "@/testing/samples";

import { applyEvent } from "./run-events";

const step = (stage_id: string, status: Step["status"]) => ({ stage_id, status }) as Step;
const RUN = sampleRun({ steps: [step("draft", "running"), step("review", "pending")] });
const LATER = "2026-03-05T12:00:09Z";

describe("applyEvent", () => {
  it("moves a stage, and the run with it", () => {
    const done = applyEvent(RUN, {
      name: "stage_completed",
      at: LATER,
      stage_id: "draft",
      outputs: { text: "a" },
    });
    expect(done.steps?.[0]).toMatchObject({
      status: "completed",
      outputs: { text: "a" },
      completed_at: LATER,
    });
    const waiting = applyEvent(done, {
      name: "stage_waiting_for_approval",
      at: LATER,
      stage_id: "review",
    });
    expect(waiting.status).toBe("waiting_for_approval");
    expect(waiting.steps?.[1]?.started_at).toBe(LATER);
  });

  it("keeps why a stage failed", () => {
    const failed = applyEvent(RUN, {
      name: "stage_failed",
      at: LATER,
      stage_id: "draft",
      error: "It broke",
      error_label: "crash",
    });
    expect(failed.steps?.[0]).toMatchObject({ error_message: "It broke", error_label: "crash" });
  });

  it("pauses, resumes and ends the run", () => {
    const paused = applyEvent(RUN, { name: "execution_paused", at: LATER });
    expect(paused.status).toBe("paused");
    // What is at work goes on to its end; the run stays paused.
    const still = applyEvent(paused, { name: "stage_completed", at: LATER, stage_id: "draft" });
    expect(still.status).toBe("paused");
    expect(applyEvent(still, { name: "execution_resumed", at: LATER }).status).toBe("running");
    const ended = applyEvent(RUN, {
      name: "execution_completed",
      at: LATER,
      status: "failed",
      error: "draft failed",
    });
    expect(ended).toMatchObject({ status: "failed", error_message: "draft failed" });
  });

  it("leaves alone what is newer than the message", () => {
    const before = { name: "stage_failed", at: "2026-03-05T11:00:00Z", stage_id: "draft" };
    expect(applyEvent(RUN, before)).toBe(RUN);
  });

  it("ignores what changes no stage", () => {
    const same = applyEvent(RUN, { name: "stage_summarizing", at: LATER, stage_id: "draft" });
    expect(same.steps).toEqual(RUN.steps);
  });
});
