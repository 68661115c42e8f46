import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Execution } from "@/api/executions";
import { openPage } from "@/testing/open-page";
import { makeRun, makeStep } from "@/testing/runs";
import { fakeServer, FLAGS, page } from "@/testing/server";

const soon = new Date(Date.now() + 20 * 60_000).toISOString();
const draft = makeStep({
  stage_id: "draft",
  stage_name: "Write a draft",
  status: "completed",
  outputs: { text: "They leave." },
  summary: "Two sentences.",
});

let runs: Execution[];

beforeEach(() => {
  const gate = makeStep({
    stage_id: "review",
    stage_name: "Review it",
    stage_type: "gate",
    status: "waiting_for_approval",
    depends_on: ["draft"],
    started_at: "2026-01-01T09:00:00Z",
    gate: { message: "Publish it?", approvers: ["ann", "bob"], deadline: soon },
  });
  const asks = makeStep({
    stage_id: "draft",
    stage_name: "Write another",
    status: "waiting_for_input",
    dispatch: 1,
    started_at: "2025-12-31T09:00:00Z",
    question: {
      asker: "agent",
      deadline: null,
      answers: null,
      answered_by: null,
      questions: [
        { name: "Tone", question: "How?", header: null, options: [], multi_select: false },
      ],
    },
  });
  runs = [
    // A page of an earlier test may have asked for a run that has not changed since.
    makeRun({ id: crypto.randomUUID(), status: "waiting_for_approval", steps: [draft, gate] }),
    makeRun({ id: crypto.randomUUID(), status: "waiting_for_input", steps: [asks] }),
  ];
});

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    ...more,
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflow-executions": () => page(runs),
    "GET /workflow-executions/*": ({ path }) => runs.find(({ id }) => path.endsWith(id)),
  });
}

describe("the inbox", () => {
  it("shows what is due first, whom it asks, and what was brought", async () => {
    serve();
    openPage("/inbox");
    expect(await screen.findByText("2 things wait")).toBeVisible();
    const due = screen.getByRole("region", { name: "Due within the hour" });
    expect(within(due).getByRole("button", { name: /Review it/ })).toBeVisible();
    const waiting = screen.getByRole("region", { name: "Waiting" });
    expect(within(waiting).getByRole("button", { name: /Write another.*How\?/s })).toBeVisible();
    expect(document.title).toMatch(/^\(2\)/);
  });

  it("is gone through with keys, and answered without the mouse", async () => {
    const server = serve({
      "POST /workflow-executions/*/gates/review/approve": () => {
        const [first, second] = runs;
        runs = second ? [second] : [];
        return first?.steps?.[1];
      },
    });
    const { user, router } = openPage("/inbox");
    await screen.findByText("2 things wait");
    await user.keyboard("k");
    await user.keyboard("j");
    const item = await screen.findByRole("region", { name: "Review it" });
    expect(router.state.location.search).toMatchObject({ item: `${runs[0]?.id}:review` });
    expect(within(item).getByText("For ann or bob")).toBeVisible();
    expect(within(item).getByText("They leave.")).toBeVisible();
    await user.keyboard("f");
    expect(within(item).getByLabelText("Reason")).toHaveFocus();
    await user.keyboard("good{Escape}");
    within(item).getByLabelText("Reason").blur();
    await user.keyboard("a");
    expect(within(item).getByRole("button", { name: "Approve" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(await screen.findByText("Approved: Review it")).toBeVisible();
    expect(await screen.findByText("1 thing waits")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/*/gates/review/approve")[0]?.body).toEqual({
      reason: "good",
      iteration: 1,
    });
  });

  it("says so when nothing waits", async () => {
    runs = [];
    serve();
    openPage("/inbox");
    expect(await screen.findByText("Nothing waits for you")).toBeVisible();
  });

  it("goes back to the list where there is room for one thing only", async () => {
    serve();
    const { user, router } = openPage(`/inbox?item=${runs[0]?.id}:review`);
    await user.click(await screen.findByRole("button", { name: "All that waits" }));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
  });
});
