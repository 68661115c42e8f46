import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { Execution, Step } from "@/api/executions";
import { openPage } from "@/testing/open-page";
import { serveRun } from "@/testing/run-page";
import { DRAFT, makeRun, makeStep, PUBLISH } from "@/testing/runs";
import { Stream } from "@/testing/server";

const gate = (id: string, name: string) =>
  makeStep({
    stage_id: id,
    stage_name: name,
    stage_type: "gate",
    status: "waiting_for_approval",
    agent: null,
    depends_on: ["draft"],
    batch_index: 1,
    gate: { message: `${name}?`, approvers: [] },
  });

let run: Execution;
let stream: Stream;
const PATH = "/workflows/executions/01a1fea5-1679-7693-911f-fcb8fc5ea496";

beforeEach(() => {
  stream = new Stream();
  run = makeRun({
    status: "waiting_for_approval",
    steps: [DRAFT, gate("law", "Ask the lawyers"), gate("press", "Ask the press"), PUBLISH],
  });
});

function decide(id: string, by: string): Step | undefined {
  const at = new Date().toISOString();
  const steps = run.steps?.map((step) =>
    step.stage_id === id
      ? { ...step, status: "completed" as const, completed_at: at, gate: { decided_by: by } }
      : step,
  );
  run = { ...run, updated_at: at, steps: steps ?? null };
  return steps?.find(({ stage_id }) => stage_id === id);
}

function serve() {
  return serveRun(() => run, {
    "GET /workflow-executions/*/stream": () => stream,
    "POST /workflow-executions/*/gates/law/approve": () => decide("law", "ann"),
    "POST /workflow-executions/*/gates/press/approve": () => decide("press", "ann"),
    "POST /workflow-executions/*/pause": () => (run = { ...run, status: "paused" }),
    "POST /workflow-executions/*/resume": () => (run = { ...run, status: "running" }),
  });
}

const panel = (name: string) => screen.findByRole("complementary", { name: `Stage ${name}` });

it("a double click decides one gate, and the next one waits until somebody goes on", async () => {
  const server = serve();
  const { user } = openPage(`${PATH}?view=timeline`);
  const first = await panel("Ask the lawyers");
  await user.dblClick(within(first).getByRole("button", { name: "Approve" }));
  const words = await within(first).findByText("Approved by ann");
  expect(words.closest("[tabindex]")).toHaveFocus();
  expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
  expect(server.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
  await user.keyboard("n");
  const second = await panel("Ask the press");
  await waitFor(() =>
    expect(within(second).getByRole("heading", { name: "Ask the press" })).toHaveFocus(),
  );
  await user.click(within(second).getByRole("button", { name: "Approve" }));
  await within(second).findByText("Approved by ann");
  expect(server.asked.filter(({ method }) => method === "POST")).toHaveLength(2);
});

it("says who has decided when that was somebody else", async () => {
  serve();
  const { user } = openPage(`${PATH}?view=timeline`);
  const first = await panel("Ask the lawyers");
  await user.type(within(first).getByLabelText("Reason"), "no");
  await screen.findByText("Live");
  act(() => {
    decide("law", "bob");
    stream.say("gate_approved", "9.1", { at: run.updated_at, stage_id: "law" });
  });
  await waitFor(() => expect(within(first).getAllByText("Approved by bob")[0]).toBeVisible());
  expect(document.activeElement).toHaveTextContent(/^Approved by bob/);
  expect(within(first).getByRole("button", { name: "Next: Ask the press" })).toBeVisible();
});

it("leads whoever picks a stage to its name, and nobody who moves with keys", async () => {
  serve();
  const { user } = openPage(`${PATH}?view=timeline`);
  await panel("Ask the lawyers");
  const row = screen.getByRole("button", { name: /^Publish it, / });
  row.focus();
  await user.keyboard("k");
  await panel("Write a draft");
  expect(row).toHaveFocus();
  await user.keyboard("{Enter}");
  await panel("Publish it");
  expect(screen.getByRole("heading", { name: "Publish it" })).toHaveFocus();
  // From there the keys go on, and the focus is not lost with what goes.
  await user.keyboard("k");
  await panel("Ask the press");
  await waitFor(() => expect(screen.getByRole("heading", { name: "Ask the press" })).toHaveFocus());
  await user.click(screen.getByRole("button", { name: /^Ask the press, / }));
  expect(screen.getByRole("heading", { name: "Ask the press" })).toHaveFocus();
});

it("a double click on Pause pauses, and the focus stays on what takes its place", async () => {
  const server = serve();
  const { user } = openPage(`${PATH}?view=timeline`);
  await user.dblClick(await screen.findByRole("button", { name: "Pause" }));
  const resume = await screen.findByRole("button", { name: "Resume" });
  await waitFor(() => expect(resume).not.toHaveAttribute("aria-busy"));
  expect(resume).toHaveFocus();
  expect(server.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
});
