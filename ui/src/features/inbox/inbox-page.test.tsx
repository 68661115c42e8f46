import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Execution, Step } from "@/api/executions";
import { openPage } from "@/testing/open-page";
import { DRAFT, itemsOf, makeRun, makeStep } from "@/testing/runs";
import { fakeServer, FLAGS, page, Stream } from "@/testing/server";

const soon = new Date(Date.now() + 20 * 60_000).toISOString();
const draft: Step = { ...DRAFT, outputs: { text: "They leave." }, summary: "Two sentences." };

let runs: Execution[];
let news: Stream;

beforeEach(() => {
  news = new Stream();
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
    makeRun({ id: "11111111", status: "waiting_for_approval", steps: [draft, gate] }),
    makeRun({ id: "22222222", status: "waiting_for_input", steps: [asks] }),
  ];
});

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /inbox": () => page(itemsOf(runs)),
    "GET /events/stream": () => news,
    "GET /workflow-executions/*": ({ path }) => runs.find(({ id }) => path.endsWith(id)),
    ...more,
  });
}

/** Somebody approves what waits first. */
function decide(by: string): Step | undefined {
  const [run] = runs;
  const gate = run?.steps?.[1];
  if (!run || !gate) return undefined;
  const decided: Step = {
    ...gate,
    status: "completed",
    completed_at: new Date().toISOString(),
    gate: { ...gate.gate, decided_by: by },
  };
  runs = runs.map((one) =>
    one === run ? { ...run, status: "running", steps: [draft, decided] } : one,
  );
  return decided;
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

  it("takes one request to know what waits, and hears of more", async () => {
    const server = serve();
    openPage("/workflows/new");
    const place = (name: string) => screen.findAllByRole("link", { name });
    await place("Inbox, 2 waiting");
    await waitFor(() => expect(server.to("GET", "/events/stream")).toHaveLength(1));
    expect(server.to("GET", "/inbox")).toHaveLength(1);
    expect(server.to("GET", "/workflow-executions/*")).toHaveLength(0);
    runs = runs.slice(1);
    news.say("gate_approved", "9", { execution_id: "11111111", at: "2026-01-01T10:00:00Z" });
    await place("Inbox, 1 waiting");
    expect(server.to("GET", "/inbox")).toHaveLength(2);
    expect(document.title).toMatch(/^\(1\)/);
  });

  it("can be answered before what was brought is there", async () => {
    let bring: (run: unknown) => void = () => undefined;
    const run = runs[0];
    serve({ "GET /workflow-executions/*": () => new Promise((done) => (bring = done)) });
    openPage("/inbox?item=11111111:review");
    const item = await screen.findByRole("region", { name: "Review it" });
    expect(within(item).getByRole("button", { name: "Approve" })).toBeEnabled();
    expect(within(item).getByRole("status", { name: "Loading what was brought" })).toBeVisible();
    expect(within(item).queryByRole("button", { name: "Send back…" })).toBeNull();
    bring(run);
    expect(await within(item).findByText("They leave.")).toBeVisible();
    expect(within(item).getByRole("button", { name: "Send back…" })).toBeVisible();
  });

  it("tells runs apart by what they were started with, and shows one project alone", async () => {
    runs = runs.map((run, index) => ({
      ...run,
      parameters: { topic: ["birds", "tides"][index] },
      project_id: ["north", null][index] ?? null,
    }));
    const projects = [
      { id: "north", name: "North" },
      { id: "south", name: "South" },
    ];
    serve({ "GET /projects": () => page(projects) });
    const { user, router } = openPage("/inbox");
    expect(await screen.findByRole("button", { name: /topic=birds/ })).toBeVisible();
    expect(screen.getByRole("button", { name: /topic=tides/ })).toBeVisible();
    await user.selectOptions(await screen.findByLabelText("Project"), "North");
    expect(await screen.findByText("1 thing waits")).toBeVisible();
    expect(screen.queryByRole("button", { name: /topic=tides/ })).toBeNull();
    expect(router.state.location.search).toEqual({ project: "north" });
    // What waits elsewhere is counted as before.
    expect(document.title).toMatch(/^\(2\)/);
    await user.selectOptions(screen.getByLabelText("Project"), "South");
    expect(await screen.findByText("2 things wait elsewhere.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show all projects" }));
    await screen.findByText("2 things wait");
  });

  it("says which runs cannot be read", async () => {
    const damaged = [{ id: "3", message: "run 3 ends in the middle of an event" }];
    serve({ "GET /inbox": () => ({ ...page([]), damaged }) });
    openPage("/inbox");
    expect(await screen.findByText(/1 cannot be read: run 3 ends/)).toBeVisible();
  });

  it("is gone through with keys, and answered without the mouse", async () => {
    const server = serve({
      "POST /workflow-executions/*/gates/review/approve": () => {
        const decided = decide("ann");
        runs = runs.slice(1);
        return decided;
      },
    });
    const { user, router } = openPage("/inbox");
    await screen.findByText("2 things wait");
    // What stands first is open, and the next key leads to the next row.
    expect(screen.getByRole("region", { name: "Review it" })).toBeVisible();
    await user.keyboard("j");
    await screen.findByRole("region", { name: "Write another" });
    await user.keyboard("k");
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
    expect(await screen.findByText("1 thing waits")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/*/gates/review/approve")[0]?.body).toEqual({
      reason: "good",
      iteration: 1,
    });
    await user.keyboard("n");
    const next = await screen.findByRole("region", { name: "Write another" });
    expect(within(next).getByRole("heading", { name: "Write another" })).toHaveFocus();
  });

  it("keeps in place what was answered, until somebody goes on", async () => {
    const [first] = runs;
    runs = [first, first && { ...first, id: "33333333" }].filter((one) => one !== undefined);
    const server = serve({
      "POST /workflow-executions/*/gates/review/approve": () => {
        const decided = decide("ann");
        news.say("gate_approved", "9", { execution_id: "11111111", at: decided?.completed_at });
        return decided;
      },
    });
    const { user, router } = openPage("/inbox");
    await screen.findByText("2 things wait");
    const item = screen.getByRole("region", { name: "Review it" });
    await user.dblClick(within(item).getByRole("button", { name: "Approve" }));
    const words = await within(item).findByText(/^Approved by ann/);
    expect(words.closest("[tabindex]")).toHaveFocus();
    expect(words.closest("p")).toHaveTextContent(/^Approved by ann (now|\d+ s ago|just now)$/);
    expect(await screen.findByText("1 thing waits")).toBeVisible();
    expect(item).toBeVisible();
    expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
    const posts = server.asked.filter(({ method }) => method === "POST");
    expect(posts).toHaveLength(1);
    await user.click(within(item).getByRole("button", { name: "Next: Review it" }));
    expect(await screen.findByRole("button", { name: "Approve" })).toBeEnabled();
    expect(screen.getByRole("heading", { name: "Review it" })).toHaveFocus();
    expect(router.state.location.search).toEqual({ item: "33333333:review" });
  });

  it("says who has answered when that was somebody else", async () => {
    serve();
    const { user } = openPage("/inbox?item=11111111:review");
    const item = await screen.findByRole("region", { name: "Review it" });
    await user.type(within(item).getByLabelText("Reason"), "no");
    decide("bob");
    news.say("gate_approved", "9", { execution_id: "11111111", at: "2026-01-01T10:00:00Z" });
    const words = await within(item).findByText("Approved by bob");
    expect(words.closest("[tabindex]")).toHaveFocus();
    expect(screen.queryByRole("region", { name: "Write another" })).toBeNull();
    expect(screen.getByRole("button", { name: "Next: Write another" })).toBeVisible();
  });

  it("says it to those whose focus is elsewhere, and does not lead them away", async () => {
    serve();
    const { user } = openPage("/inbox?item=11111111:review");
    const item = await screen.findByRole("region", { name: "Review it" });
    await user.tab();
    const elsewhere = document.activeElement;
    expect(elsewhere).not.toBe(document.body);
    decide("bob");
    news.say("gate_approved", "9", { execution_id: "11111111", at: "2026-01-01T10:00:00Z" });
    await waitFor(() =>
      expect(within(item).getByRole("status")).toHaveTextContent("Approved by bob"),
    );
    expect(elsewhere).toHaveFocus();
  });

  it("tells what became of what an address names, and offers what waits", async () => {
    decide("bob");
    serve();
    const { user } = openPage("/inbox?item=11111111:review");
    const item = await screen.findByRole("region", { name: "Review it" });
    expect(within(item).getByText("Approved by bob")).toBeVisible();
    expect(screen.queryByRole("form")).toBeNull();
    await user.keyboard("j");
    expect(await screen.findByRole("region", { name: "Write another" })).toBeVisible();
  });

  it("has no words of agents turn around or colour those of the page", async () => {
    const [gate] = runs[0]?.steps?.slice(1) ?? [];
    Object.assign(gate ?? {}, {
      stage_name: "\u202Eti weiveR",
      gate: { message: "\u001b[31mOk?" },
    });
    serve();
    openPage("/inbox?item=11111111:review");
    const item = await screen.findByRole("region", { name: "ti weiveR" });
    expect(within(item).getByRole("heading", { name: "ti weiveR" }).firstChild).toHaveProperty(
      "tagName",
      "BDI",
    );
    expect(within(item).getByText("Ok?").tagName).toBe("BDI");
    for (const sign of ["\u001b", "\u202e"]) expect(document.body).not.toHaveTextContent(sign);
  });

  it("leaves open what is looked at when something more urgent comes", async () => {
    const all = runs;
    runs = all.slice(1);
    serve();
    openPage("/inbox");
    const item = await screen.findByRole("region", { name: "Write another" });
    runs = all;
    news.say("stage_waiting_for_approval", "9", {
      execution_id: "11111111",
      stage_id: "review",
      at: "2026-01-01T10:00:00Z",
    });
    await screen.findByText("2 things wait");
    expect(item).toBeVisible();
  });

  it("says how much waits beyond what is shown", async () => {
    serve({ "GET /inbox": () => ({ ...page(itemsOf(runs)), total_count: 230 }) });
    openPage("/inbox");
    expect(
      await screen.findByText("2 things wait here, and 228 more when these are answered"),
    ).toBeVisible();
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
