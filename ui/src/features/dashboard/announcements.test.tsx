import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { RunListener } from "@/api/live";
import { Toaster } from "@/components/toast";
import type { RunEvent } from "@/model/run-events";
import { DRAFT, makeRun, PUBLISH, REVIEW } from "@/testing/runs";

import { Announcements } from "./announcements";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  // The notes of one test are none of the next.
  act(() => void vi.runAllTimers());
  vi.useRealTimers();
});

const run = makeRun({ steps: [DRAFT, { ...REVIEW, stage_name: "\u202EReview it" }, PUBLISH] });

function show() {
  let listener: RunListener = {};
  const listen = (one: RunListener) => {
    listener = one;
    return () => undefined;
  };
  render(
    <>
      <Announcements run={run} listen={listen} />
      <Toaster />
    </>,
  );
  const [said] = screen.getAllByRole("status");
  const hear = (event: Partial<RunEvent> & { name: string }, fresh = true) =>
    act(() => listener.onEvent?.({ at: "2026-01-01T10:00:00Z", ...event }, fresh));
  return { hear, said, wait: (ms: number) => act(() => void vi.advanceTimersByTime(ms)) };
}

it("says what happened, a few things together, and nothing that was before", () => {
  const { hear, said, wait } = show();
  hear({ name: "stage_started", stage_id: "publish" }, false);
  hear({ name: "stage_completed", stage_id: "draft" });
  hear({ name: "stage_started", stage_id: "review" });
  hear({ name: "stage_waiting_for_approval", stage_id: "review" });
  expect(said).toHaveTextContent("");
  wait(1_500);
  expect(said?.textContent).toBe(
    "Write a draft completed. Review it started. Review it waits for approval",
  );
  // Of a long run, each stage that ends well is no note of its own.
  expect(screen.getByRole("region", { name: "Notifications" })).toBeEmptyDOMElement();
});

it("shows a note of a failure, and one of each end", () => {
  const { hear } = show();
  hear({ name: "stage_failed", stage_id: "review", error: "no ink" });
  expect(screen.getByRole("alert")).toHaveTextContent("Review it failedno ink");
  hear({ name: "execution_completed", status: "cancelled" });
  hear({ name: "execution_completed", status: "completed" });
  expect(screen.getByText("Run cancelled")).toBeVisible();
  expect(screen.getByText("Run completed")).toBeVisible();
  hear({ name: "execution_completed", status: "failed", error: "review failed" });
  expect(screen.getAllByRole("alert").at(-1)).toHaveTextContent("Run failedreview failed");
});
