import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Workflow } from "@/api/workflows";
import { openPage } from "@/testing/open-page";
import { sampleRun, sampleStage, sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

const WORKFLOW: Workflow = sampleWorkflow({
  definition: "workflow:\n  id: sample\n",
  stages: [
    sampleStage("draft", {
      description: "Writes it down",
      inputs: { topic: { type: "string", source: "${{ parameters.topic }}", required: true } },
      handoff: { format: "markdown", include_run_log: false },
    }),
    sampleStage("review", {
      stage_type: "gate",
      depends_on: ["draft"],
      condition: "${{ true }}",
      roles: null,
      gate: { message: "Publish it?", approvers: ["anna"], timeout: "7d", on_timeout: "halt" },
    }),
  ],
  parameters: { topic: { type: "string", required: true, description: "What about" } },
  error_policy: { on_stage_failure: "halt" },
  hooks: { on_start: [{ run: ["echo", "x".repeat(80)] }] },
  resolved_roles: [
    { role_name: "agent:draft", resolved: false, artifact_id: null, artifact_name: null },
  ],
});
const AT = `/workflows/${WORKFLOW.id}`;

function serve(more: Parameters<typeof fakeServer>[0] = {}, workflow = WORKFLOW) {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows/*": () => workflow,
    "GET /workflow-executions": () => page([]),
    "GET /artifacts": () => page([]),
    ...more,
  });
}

describe("a workflow's stages", () => {
  it("are listed, and each says all that the definition does", async () => {
    serve();
    const { user, router } = openPage(`${AT}?view=list`);
    await user.click(await screen.findByRole("button", { name: /^1Stage draft/ }));
    const panel = await screen.findByRole("complementary", { name: "Stage Stage draft" });
    expect(within(panel).getByText("Writes it down")).toBeVisible();
    expect(within(panel).getByText("Nobody works for this agent on the server.")).toBeVisible();
    expect(within(panel).getByText("${{ parameters.topic }}")).toBeVisible();
    await user.click(within(panel).getByRole("button", { name: "Stage review" }));
    expect(router.state.location.search).toMatchObject({ stage: "review" });
    const gate = screen.getByRole("complementary", { name: "Stage Stage review" });
    expect(within(gate).getByText("Publish it?")).toBeVisible();
    expect(within(gate).getByText("anna")).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("complementary")).toBeNull();
    await user.keyboard("j");
    expect(await screen.findByRole("complementary", { name: "Stage Stage draft" })).toBeVisible();
  });

  it("have in the menu what has no place beside it on a phone", async () => {
    serve();
    const { user } = openPage(`${AT}?view=list`);
    await user.click(await screen.findByRole("button", { name: "More for Sample" }));
    expect(await screen.findByRole("menuitem", { name: "CLI: show" })).toBeInTheDocument();
  });

  it("are not shown while the definition cannot be read", async () => {
    serve({}, { ...WORKFLOW, stages: [], is_valid: false });
    openPage(`${AT}?tab=stages`);
    expect(await screen.findByText("No stages to show")).toBeVisible();
    expect(screen.getByRole("button", { name: "Run workflow: Sample" })).toBeDisabled();
  });
});

describe("a workflow's settings", () => {
  it("show what it takes, and change its tags", async () => {
    const server = serve({ "PATCH /workflows/*": () => WORKFLOW });
    const { user } = openPage(`${AT}?tab=settings`);
    expect(await screen.findByText("What about")).toBeVisible();
    expect(screen.getByText("not found")).toBeVisible();
    await user.type(screen.getByLabelText("Another tag"), "new{Enter}");
    await waitFor(() => expect(server.to("PATCH", "/workflows/*")).toHaveLength(1));
    expect(server.to("PATCH", "/workflows/*")[0]?.body).toEqual({ tags: ["docs", "new"] });
    await user.click(screen.getByRole("button", { name: "Remove docs" }));
    await waitFor(() =>
      expect(server.to("PATCH", "/workflows/*").at(-1)?.body).toEqual({ tags: [] }),
    );
  });

  it("say that it was deleted, and take it back", async () => {
    const server = serve({ "GET /workflows": () => page([WORKFLOW]) });
    const { user } = openPage(`${AT}?tab=settings`);
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    expect(await screen.findByText("Deleted “Sample”")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("article", { name: "Sample" })).toBeVisible();
    expect(server.to("POST", "/workflows/batch/delete")).toEqual([]);
  });
});

describe("where a workflow stands", () => {
  /** What changes it waits until it is let. */
  function serveStanding(status: Workflow["status"]) {
    let workflow = { ...WORKFLOW, status };
    const waiting: (() => void)[] = [];
    const server = fakeServer({
      "GET /config/feature-flags": () => FLAGS,
      "GET /workflows/*": () => workflow,
      "GET /workflow-executions": () => page([]),
      "PATCH /workflows/*": async ({ body }) => {
        await new Promise<void>((done) => waiting.push(done));
        workflow = { ...workflow, ...(body as object) };
        return workflow;
      },
    });
    const letGo = async () => {
      await waitFor(() => expect(waiting).toHaveLength(1));
      act(() => waiting.pop()?.());
    };
    const sent = () => server.to("PATCH", "/workflows/*").map(({ body }) => body);
    return { sent, letGo };
  }
  const button = (name: string) => screen.findByRole("button", { name });
  let now: number;

  beforeEach(() => {
    now = 10_000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("is a draft again once it is out of the archive", async () => {
    const { sent, letGo } = serveStanding("archived");
    const { user } = openPage(`${AT}?tab=settings`);
    expect(await button("Publish")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Make it a draft" })).toBeNull();
    await user.click(await button("Take out of the archive"));
    await letGo();
    expect(await screen.findByText(/It is a draft/)).toBeVisible();
    expect(sent()).toEqual([{ status: "draft" }]);
  });

  it("is changed once, however often somebody presses meanwhile", async () => {
    const { sent, letGo } = serveStanding("draft");
    const { user } = openPage(AT);
    const publish = await button("Publish");
    await user.click(publish);
    await waitFor(() => expect(publish).toBeDisabled());
    await user.click(publish);
    await letGo();
    await waitFor(() => expect(publish).not.toBeInTheDocument());
    expect(sent()).toEqual([{ status: "published" }]);
  });

  it("is not changed back by the second press of a double click", async () => {
    const { sent, letGo } = serveStanding("draft");
    const { user } = openPage(`${AT}?tab=settings`);
    await user.click(await button("Archive"));
    await letGo();
    const out = await button("Take out of the archive");
    await waitFor(() => expect(out).toBeEnabled());
    now += 300;
    await user.click(out);
    expect(sent()).toEqual([{ status: "archived" }]);
    now += 400;
    await user.click(out);
    await waitFor(() => expect(sent()).toEqual([{ status: "archived" }, { status: "draft" }]));
  });
});

it("says that there is no such workflow, and leads to those there are", async () => {
  fakeServer({ "GET /config/feature-flags": () => FLAGS, "GET /workflows": () => page([]) });
  const { user, router } = openPage(AT);
  expect(await screen.findByText("There is nothing here")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  await user.click(screen.getByRole("link", { name: "Go to the library" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/workflows"));
});

describe("the run dialog", () => {
  const plan = {
    workflow_id: "sample",
    workflow_name: "Sample",
    workflow_version: "1.0.0",
    parameters: {},
    total_stages: 2,
    total_batches: 2,
    batches: [],
    estimated_timeout_seconds: 1800,
    estimated_total_seconds: 1800,
    approval_gates: [{ stage_id: "review", timeout: "7d", timeout_seconds: 604_800 }],
    validation: { valid: true, errors: [], warnings: [] },
  };

  it("asks for what is required, plans, and says why it was refused", async () => {
    const server = serve({
      "POST /workflows/*/plan": () => plan,
      "POST /workflows/*/run": () => new Refusal(400, "unresolved_agent", "Nobody is agent:draft"),
    });
    const { user } = openPage(`${AT}?run=open`);
    const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
    await user.click(within(dialog).getByRole("button", { name: "Start run" }));
    expect(await within(dialog).findByText("This is required.")).toBeVisible();
    expect(server.to("POST", "/workflows/*/plan")).toEqual([]);

    await user.type(within(dialog).getByLabelText(/topic/), "birds");
    expect(await within(dialog).findByText("2 stages")).toBeVisible();
    expect(server.to("POST", "/workflows/*/plan").at(-1)?.body).toEqual({
      parameters: { topic: "birds" },
    });
    await user.click(within(dialog).getByRole("button", { name: "Start run" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("Nobody is agent:draft");
  });

  it("keeps what is written until it is sent or emptied", async () => {
    serve({ "POST /workflows/*/plan": () => plan });
    const { user } = openPage(`${AT}?run=open`);
    const opened = () => screen.findByRole("dialog", { name: "Run Sample" });
    await user.type(within(await opened()).getByLabelText(/topic/), "birds");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Run workflow: Sample" }));
    const again = await opened();
    expect(within(again).getByLabelText(/topic/)).toHaveValue("birds");
    await user.click(within(again).getByRole("button", { name: "Empty the fields" }));
    expect(within(again).getByLabelText(/topic/)).toHaveValue("");
    expect(within(again).queryByRole("button", { name: "Empty the fields" })).toBeNull();
  });

  it("can be emptied, however parameters are called", async () => {
    const parameters = { directory: { type: "string" }, overrides: { type: "string" } };
    serve({ "POST /workflows/*/plan": () => plan }, { ...WORKFLOW, parameters });
    const { user } = openPage(`${AT}?run=open`);
    const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
    await user.type(within(dialog).getByLabelText(/^directory/), "birds");
    await user.click(within(dialog).getByRole("button", { name: "Empty the fields" }));
    expect(within(dialog).getByLabelText(/^directory/)).toHaveValue("");
  });

  it("has no draft any more once a run was made of it, also when nobody waited for that", async () => {
    let answer: (run: object) => void = () => undefined;
    serve({
      "POST /workflows/*/plan": () => plan,
      "POST /workflows/*/run": () => new Promise((done) => (answer = done)),
    });
    const { user, router } = openPage(`${AT}?run=open`);
    const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
    await user.type(within(dialog).getByLabelText(/topic/), "birds");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(within(dialog).getByRole("button", { name: "Start run" })).toBeDisabled();
    await user.keyboard("{Escape}");
    expect(sessionStorage.getItem(`baton.draft.run:${WORKFLOW.id}`)).toContain("birds");
    await act(async () => {
      answer(sampleRun());
      await Promise.resolve();
    });
    await waitFor(() =>
      expect(sessionStorage.getItem(`baton.draft.run:${WORKFLOW.id}`)).toBeNull(),
    );
    expect(router.state.location.pathname).toBe(AT);
  });

  it("takes overrides only as an object", async () => {
    serve({ "POST /workflows/*/plan": () => plan });
    const { user } = openPage(`${AT}?run=open`);
    const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
    await user.click(within(dialog).getByText("Project and overrides"));
    await user.type(within(dialog).getByLabelText(/Overrides/), "[[1]");
    expect(await within(dialog).findByText("This is not a JSON object.")).toBeVisible();
  });

  it("starts once with the same values, and anew with others, when an answer was lost", async () => {
    const server = serve({
      "POST /workflows/*/plan": () => plan,
      "POST /workflows/*/run": () => {
        throw new TypeError("the connection broke");
      },
    });
    const { user } = openPage(`${AT}?run=open`);
    const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
    const start = within(dialog).getByRole("button", { name: "Start run" });
    const keys = () =>
      server.to("POST", "/workflows/*/run").map(({ headers }) => headers.get("Idempotency-Key"));
    const press = async (times: number) => {
      await waitFor(() => expect(start).toBeEnabled());
      await user.click(start);
      await waitFor(() => expect(keys()).toHaveLength(times));
    };
    await user.type(within(dialog).getByLabelText(/topic/), "birds");
    await press(1);
    expect(await within(dialog).findByText(/may have started or not/)).toBeVisible();
    await press(2);
    await user.type(within(dialog).getByLabelText(/topic/), "2");
    await press(3);
    const [first, again, other] = keys();
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("says that a run with the same values has not ended", async () => {
    const birds = sampleRun({
      id: "active",
      status: "waiting_for_approval",
      parameters: { topic: "birds", tone: "dry" },
    });
    const server = serve(
      {
        "POST /workflows/*/plan": () => plan,
        "GET /workflow-executions": ({ query }) =>
          page(query.get("status")?.includes("waiting_for_approval") === true ? [birds] : []),
      },
      {
        ...WORKFLOW,
        parameters: { ...WORKFLOW.parameters, tone: { type: "string", default: "dry" } },
      },
    );
    const { user } = openPage(`${AT}?run=open`);
    const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
    await waitFor(() => {
      const asked = server.to("GET", "/workflow-executions").map(({ query }) => query);
      const active = asked.find((query) => query.get("status")?.includes("running") === true);
      expect(active?.get("workflow_id")).toBe(WORKFLOW.id);
      expect(active?.get("status")).not.toMatch(/completed|failed|cancelled/);
    });
    const topic = within(dialog).getByLabelText(/topic/);
    await user.type(topic, "bird");
    expect(within(dialog).queryByText(/has not ended/)).toBeNull();
    await user.type(topic, "s");
    expect(
      await within(dialog).findByText(/A run with the same values has not ended/),
    ).toBeVisible();
    expect(within(dialog).getByRole("link", { name: /waiting for approval/ })).toHaveAttribute(
      "href",
      "/ui/workflows/executions/active",
    );
    await user.type(within(dialog).getByLabelText(/tone/), "wet");
    expect(within(dialog).queryByText(/has not ended/)).toBeNull();
  });
});
