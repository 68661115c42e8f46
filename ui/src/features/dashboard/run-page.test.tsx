import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Execution, Step } from "@/api/executions";
import type { StoredEvent } from "@/model/run-history";
import { openPage } from "@/testing/open-page";
import { serveRun } from "@/testing/run-page";
import { DRAFT, makeRun, makeStep, PUBLISH, REVIEW } from "@/testing/runs";
import { fakeServer, FLAGS, page, Refusal, Stream } from "@/testing/server";

const START = "2026-01-01T09:00:00Z";
const END = "2026-01-01T09:00:09Z";

const draft: Step = {
  ...DRAFT,
  attempt: 2,
  dispatch: 2,
  inputs: { topic: "birds" },
  outputs: { text: "They leave.", places: ["Spain", "Chad"] },
  summary: "Two sentences.",
  feedback: { by: "ann", text: "Shorter, please." },
  started_at: START,
  completed_at: END,
  duration_seconds: 9,
};

const EVENTS: StoredEvent[] = [
  {
    type: "run_created",
    created_by: "ann",
    plan: {
      stages: [
        {
          id: "draft",
          kind: { type: "agent", instructions: "Look up." },
          retry: { attempts_max: 3 },
        },
      ],
    },
  },
  { type: "stage_started", stage: "draft", iteration: 1, attempt: 1, dispatch: 1 },
  {
    type: "stage_retrying",
    stage: "draft",
    dispatch: 1,
    failure: { label: "crash", message: "It fell over" },
  },
  { type: "stage_started", stage: "draft", iteration: 1, attempt: 2, dispatch: 2 },
  { type: "stage_completed", stage: "draft", dispatch: 2 },
].map((event, index) => ({
  seq: index + 1,
  at: new Date(Date.parse(START) + index * 2_000).toISOString(),
  event,
}));

const log = [
  { seq: 1, at: START, stage_id: "draft", dispatch: 2, stream: "stdout", message: "looking up" },
];

let run: Execution;
let stream: Stream;
const PATH = "/workflows/executions/01a1fea5-1679-7693-911f-fcb8fc5ea496";

beforeEach(() => {
  run = makeRun({
    status: "running",
    steps: [draft, { ...REVIEW, status: "running", started_at: END }, PUBLISH],
  });
  stream = new Stream();
});

function serve(more: Parameters<typeof serveRun>[1] = {}) {
  return serveRun(() => run, {
    "GET /workflow-executions/*/events": ({ query }) =>
      page(EVENTS.filter(({ seq }) => seq > Number(query.get("after")))),
    "GET /workflow-executions/*/logs": ({ query }) => page(query.has("tail") ? [] : log),
    "GET /workflow-executions/*/stream": () => stream,
    ...more,
  });
}

const panel = (name: string) => screen.findByRole("complementary", { name: `Stage ${name}` });

describe("a run that goes on", () => {
  it("says where it stands, and shows at once what happens", async () => {
    serve();
    openPage(`${PATH}?view=table`);
    expect(await screen.findByText(/^Working on/)).toHaveTextContent("Working on Review it.");
    expect(screen.getByRole("progressbar")).toHaveAttribute(
      "aria-valuetext",
      "1 of 3 stages complete",
    );
    expect(await screen.findByText("Live")).toBeVisible();
    const at = new Date().toISOString();
    run = {
      ...run,
      status: "failed",
      updated_at: at,
      error_message: "no ink",
      steps: [
        draft,
        { ...REVIEW, status: "failed", error_message: "no ink", error_label: "crash" },
        PUBLISH,
      ],
    };
    act(() => {
      stream.say("stage_failed", "9.1", { at, stage_id: "review", error: "no ink" });
      stream.say("execution_completed", "10.1", { at, status: "failed", error: "no ink" });
    });
    expect(await screen.findByText("Run failed")).toBeVisible();
    expect(screen.getByText("Review it failed")).toBeVisible();
    expect(await screen.findByRole("region", { name: "Failure" })).toHaveTextContent("no ink");
    await waitFor(() => expect(screen.getByText(/Review it failed$/)).toBeInTheDocument());
  });

  it("is moved through with keys: stages, views, and the panel", async () => {
    serve();
    const { user, router } = openPage(`${PATH}?view=table`);
    await panel("Review it");
    await user.keyboard("k");
    await panel("Write a draft");
    await user.keyboard("k");
    expect(router.state.location.search).toMatchObject({ stage: "draft" });
    await user.keyboard("jj");
    await panel("Publish it");
    await user.keyboard("s");
    expect(await panel("Publish it")).toHaveFocus();
    await user.keyboard("v");
    expect(router.state.location.search).toMatchObject({ view: "log" });
    expect(await screen.findByRole("log", { name: "Run logs" })).toBeVisible();
  });

  it("is paused at once, and goes back when that is refused", async () => {
    let refuse: (body: Refusal) => void = () => undefined;
    serve({
      "POST /workflow-executions/*/pause": () =>
        new Promise((done) => {
          refuse = done;
        }),
    });
    const { user } = openPage(`${PATH}?view=table`);
    await panel("Review it");
    await user.keyboard("p");
    expect(await screen.findByRole("button", { name: "Resume" })).toHaveAttribute("aria-busy");
    act(() => refuse(new Refusal(409, "illegal_state", "It has ended")));
    expect(await screen.findByText("Not paused")).toBeVisible();
    expect(await screen.findByRole("button", { name: "Pause" })).not.toHaveAttribute("aria-busy");
  });

  it("is cancelled only by whoever says so twice", async () => {
    const server = serve({
      "POST /workflow-executions/*/cancel": () => ({ ...run, status: "cancelled" }),
    });
    const { user } = openPage(`${PATH}?view=table`);
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    const dialog = await screen.findByRole("dialog", { name: "Cancel this run?" });
    expect(server.to("POST", "/workflow-executions/*/cancel")).toHaveLength(0);
    await user.click(within(dialog).getByRole("button", { name: "Cancel the run" }));
    await waitFor(() => expect(server.to("POST", "/workflow-executions/*/cancel")).toHaveLength(1));
  });
});

it("says whom a branch waits for while another one works", async () => {
  const gate = makeStep({
    stage_id: "gate",
    stage_name: "Agree",
    stage_type: "gate",
    status: "waiting_for_approval",
    agent: null,
    gate: { approvers: ["ann"] },
  });
  run = { ...run, steps: [draft, { ...REVIEW, status: "running", started_at: END }, gate] };
  serve();
  openPage(`${PATH}?view=table`);
  expect(await screen.findByText(/^Working on/)).toHaveTextContent(
    "Working on Review it. Agree waits for ann.",
  );
});

describe("a run of which something is wrong", () => {
  it("says so when an event of it cannot be read, and goes on", async () => {
    const id = crypto.randomUUID();
    run = { ...run, id };
    const news = new Stream();
    serve({ "GET /events/stream": () => news });
    const { user } = openPage(`/workflows/executions/${id}?view=table&stage=draft&tab=events`);
    expect(await screen.findByText("Live")).toBeVisible();
    act(() => {
      stream.say("event_damaged", "9.1", { code: "storage_damaged", detail: "event 9 is torn" });
    });
    expect(await screen.findByText(/may not be all: event 9 is torn$/)).toBeVisible();
    const events = screen.getByRole("list", { name: "Events" });
    expect(within(events).getByText("An event of the run cannot be read")).toBeVisible();
    expect(within(events).getByText("Completed")).toBeVisible();
    run = { ...run, status: "paused" };
    // The stream of all runs tells the same; of another run it is no matter of this page.
    act(() => {
      const more = { code: "storage_damaged", detail: "event 12 is torn", execution_id: id };
      news.say("event_damaged", "80", more);
      news.say("event_damaged", "81", { ...more, execution_id: "another" });
      stream.say("execution_paused", "10.1", { at: new Date().toISOString() });
    });
    expect(await screen.findByText(/^2 events of this run cannot be read/)).toBeVisible();
    expect(await screen.findByRole("button", { name: "Resume" })).toBeVisible();
    await user.click(screen.getByRole("tab", { name: "Summary" }));
    expect(screen.getByText("Two sentences.")).toBeVisible();
  });

  it("is taken up when nobody works on it", async () => {
    run = { ...run, steps: [draft, REVIEW, PUBLISH] };
    const server = serve({
      "POST /workflow-executions/*/take-up": () => ({
        ...run,
        updated_at: new Date().toISOString(),
        steps: [draft, { ...REVIEW, status: "running" }, PUBLISH],
      }),
    });
    const { user } = openPage(`${PATH}?view=table`);
    expect(await screen.findByText(/^Nothing works on this run/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Take it up" }));
    expect(await screen.findByText("Taken up")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/*/take-up")).toHaveLength(1);
    expect(screen.queryByRole("button", { name: "Take it up" })).toBeNull();
  });
});

describe("a stage of a run", () => {
  it("tells everything: values, context, attempts, events, log", async () => {
    serve();
    const { user } = openPage(`${PATH}?view=timeline&stage=draft`);
    const about = await panel("Write a draft");
    expect(within(about).getByText("Two sentences.")).toBeVisible();
    const tab = async (name: RegExp) => user.click(within(about).getByRole("tab", { name }));
    await tab(/^Inputs/);
    expect(within(about).getByText("birds")).toBeVisible();
    await tab(/^Outputs/);
    expect(within(about).getByText("list of 2")).toBeVisible();
    await tab(/^Context/);
    expect(within(about).getByText("Shorter, please.")).toBeVisible();
    expect(within(about).getByText("Look up.")).toBeVisible();
    await tab(/^Events/);
    const events = within(about).getByRole("list", { name: "Events" });
    expect(within(events).getByText("Failed, will try again")).toBeVisible();
    expect(within(events).getByText("crash · It fell over")).toBeVisible();
    await tab(/^Attempts/);
    const attempts = within(about).getByRole("list", { name: "Attempts" });
    expect(within(attempts).getByText("Attempt 2")).toBeVisible();
    expect(within(attempts).getByText("It fell over", { exact: false })).toBeVisible();
    await user.click(within(attempts).getByRole("button", { name: /has its own log/ }));
    expect(await within(about).findByText("looking up")).toBeVisible();
    await user.selectOptions(within(about).getByLabelText("Which attempt"), "Attempt 1");
    expect(within(about).getByLabelText("Which attempt")).toHaveValue("1");
  });

  it("has its times drawn, and said", async () => {
    serve();
    openPage(`${PATH}?view=timeline`);
    const rows = await screen.findByRole("list", { name: "Timeline of the stages" });
    const row = await within(rows).findByRole("button", {
      name: /^Write a draft, Completed, worked 4\.0s, waited to try again 2\.0s, 2 starts$/,
    });
    expect(row).toHaveAttribute("aria-pressed", "false");
    expect(within(rows).getByRole("button", { name: /^Review it/ })).toHaveAttribute(
      "aria-current",
      "step",
    );
  });

  it("is sent back with words, and what starts over is said", async () => {
    run = {
      ...run,
      status: "waiting_for_approval",
      steps: [
        draft,
        { ...REVIEW, stage_type: "gate", status: "waiting_for_approval", agent: null, gate: {} },
        PUBLISH,
      ],
    };
    const server = serve({
      "POST /workflow-executions/*/steps/*/reopen": () => ({ ...draft, status: "pending" }),
    });
    const { user } = openPage(`${PATH}?view=table`);
    expect(await screen.findByText(/waits for/)).toHaveTextContent("Review it waits for you.");
    await user.click(await screen.findByRole("button", { name: "Send back…" }));
    const dialog = await screen.findByRole("dialog", { name: "Send back" });
    expect(dialog).toHaveTextContent("These start over with it: Review it.");
    await user.type(within(dialog).getByLabelText("What should be different"), "Half as long.");
    await user.click(within(dialog).getByRole("button", { name: "Send back" }));
    expect(await screen.findByText("Sent back: Write a draft")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/*/steps/draft/reopen")[0]?.body).toEqual({
      feedback: "Half as long.",
    });
  });
});

describe("a stage that has not started", () => {
  it("is left out, with a reason", async () => {
    const server = serve({
      "POST /workflow-executions/*/edits": () => ({ ...run, steps: run.steps?.slice(0, 2) }),
    });
    const { user } = openPage(`${PATH}?view=table&stage=publish`);
    await user.click(await screen.findByRole("button", { name: "Leave out…" }));
    await user.type(await screen.findByLabelText("Reason"), "Not this time");
    run = { ...run, steps: run.steps?.slice(0, 2) ?? [] };
    await user.click(screen.getByRole("button", { name: "Leave it out" }));
    expect(await screen.findByText("Left out: Publish it")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/*/edits")[0]?.body).toEqual({
      edits: [{ type: "delete", stage_id: "publish" }],
      reason: "Not this time",
    });
    expect(screen.queryByRole("button", { name: "Publish it" })).toBeNull();
  });

  it("stays when others read from it, and says which", async () => {
    run = { ...run, steps: [draft, REVIEW, PUBLISH] };
    const message = "`publish` reads from `review`, which does not exist";
    serve({
      "POST /workflow-executions/*/edits": () =>
        new Refusal(400, "invalid_edits", "the edits are not valid", {
          validation_errors: [{ code: "SWDL-E0202", path: "stages[1]", message }],
        }),
    });
    const { user } = openPage(`${PATH}?view=table&stage=review`);
    await user.click(await screen.findByRole("button", { name: "Leave out…" }));
    expect(await screen.findByText("These do not wait for it any more: Publish it.")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Leave it out" }));
    expect(await screen.findByText(message)).toBeVisible();
  });
});

describe("a run that has failed", () => {
  beforeEach(() => {
    run = {
      ...run,
      status: "failed",
      completed_at: END,
      error_message: "review failed",
      rerun_of: "01a1fea5-0000-7000-8000-00000000beef",
      workflow_snapshot: "workflow:\n  id: first-steps\n",
      parameters: { topic: "birds" },
      overridden: [{ path: "config.timeout", by: "overrides.yaml" }],
      hooks: [{ hook: "on_start", place: 0, error: "exit code 1" }] as never,
      steps: [
        draft,
        {
          ...REVIEW,
          status: "failed",
          attempt: 1,
          dispatch: 3,
          error_label: "crash",
          error_message: "no ink",
        },
        { ...PUBLISH, status: "skipped" },
      ],
    };
  });

  it("says all that it was started with", async () => {
    run = { ...run, project_id: "p1" };
    serve({ "GET /projects": () => page([{ id: "p1", name: "birds" }]) });
    openPage(`${PATH}?view=about`);
    expect(await screen.findByText("overrides.yaml")).toBeVisible();
    expect(screen.getByText("exit code 1")).toBeVisible();
    expect(screen.getByText("birds")).toBeVisible();
    expect(screen.getByText("The definition it started with")).toBeVisible();
    expect(screen.getByRole("link", { name: "0000beef" })).toBeVisible();
    expect(await screen.findByRole("link", { name: "birds" })).toHaveAttribute(
      "href",
      "/ui/projects/p1",
    );
  });

  it("is said to be missing when it is", async () => {
    fakeServer({
      "GET /config/feature-flags": () => FLAGS,
      "GET /workflow-executions": () => page([]),
    });
    openPage(PATH);
    expect(await screen.findByRole("heading", { name: "No such run" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
    expect(screen.getByRole("link", { name: "Go to the executions" })).toBeVisible();
  });
});
