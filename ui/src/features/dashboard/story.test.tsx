import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { DRAFT, makeRun, PUBLISH, REVIEW } from "@/testing/runs";

import { Story } from "./story";

function tell(run: Parameters<typeof makeRun>[0]): string {
  const { container } = render(<Story run={makeRun(run)} onStage={vi.fn()} />);
  return container.textContent;
}

const failed = (message: string) =>
  tell({ status: "failed", steps: [{ ...REVIEW, status: "failed", error_message: message }] });

it("says the first line of a failure, cut between words", () => {
  expect(failed("no ink\n  at pen.rs:7")).toBe("Review it: no ink.");
  const long = `${"many words ".repeat(20)}and more`;
  expect(failed(long)).toMatch(/^Review it: (many words ){14}many…$/);
  expect(failed("x".repeat(200))).toBe(`Review it: ${"x".repeat(160)}…`);
});

it("says how long it took, and what most of that went into", () => {
  const steps = [
    { ...DRAFT, duration_seconds: 3 },
    { ...REVIEW, duration_seconds: 20 },
    { ...PUBLISH, duration_seconds: 90, reused: true },
  ];
  expect(tell({ status: "completed", duration_seconds: 25, steps })).toBe(
    "Done in 25s. Longest: Review it, 20s of it.",
  );
  expect(screen.getByRole("button", { name: "Review it" })).toBeVisible();
  expect(tell({ status: "completed", duration_seconds: 25, steps: steps.slice(0, 1) })).toBe(
    "Done in 25s.",
  );
});
