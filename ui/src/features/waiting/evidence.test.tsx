import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { makeStep } from "@/testing/runs";

import { Evidence, FoldedEvidence } from "./evidence";

const draft = makeStep({
  stage_id: "draft",
  stage_name: "Write a draft",
  summary: "Two sentences.",
  outputs: { text: "They leave.", places: ["Spain"] },
});
const facts = makeStep({
  stage_id: "facts",
  stage_name: "Look up facts",
  outputs: { sources: ["a", "b"], count: 2 },
});
const gate = makeStep({
  stage_id: "agree",
  stage_type: "gate",
  depends_on: ["draft", "facts"],
});

it("has a line for each stage before a gate, which opens to what it brought", async () => {
  render(<FoldedEvidence steps={[draft, facts, gate]} step={gate} />);
  const brought = screen.getByRole("region", { name: "Brought before" });
  // What there is shows before it is opened: the summary, or the names.
  expect(within(brought).getByText("sources, count")).toBeVisible();
  const [line, whole] = within(brought).getAllByText("Two sentences.");
  expect(line).toBeVisible();
  expect(whole).not.toBeVisible();
  expect(within(brought).getByText("They leave.")).not.toBeVisible();
  await userEvent.click(within(brought).getByText("Write a draft"));
  expect(whole).toBeVisible();
  expect(within(brought).getByText("They leave.")).toBeVisible();
  expect(within(brought).getByText('["Spain"]')).toBeVisible();
});

it("shows all of it where there is room, and what the stage itself was given", () => {
  const asks = makeStep({ stage_id: "ask", depends_on: ["draft"], inputs: { topic: "birds" } });
  render(<Evidence steps={[draft, asks]} step={asks} />);
  expect(screen.getByRole("heading", { name: "It was given" })).toBeVisible();
  expect(screen.getByText("birds")).toBeVisible();
  expect(screen.getByRole("heading", { name: "“Write a draft” brought" })).toBeVisible();
  expect(screen.getByText("Two sentences.")).toBeVisible();
  expect(screen.getByText("They leave.")).toBeVisible();
});

it("is not there when nothing was brought", () => {
  const { container } = render(<FoldedEvidence steps={[gate]} step={gate} />);
  expect(container).toBeEmptyDOMElement();
});
