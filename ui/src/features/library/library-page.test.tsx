import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleRun, sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

const WORKFLOWS = [
  sampleWorkflow({
    id: "01a1fe84-0000-7000-8000-000000000001",
    name: "First",
    last_execution: {
      id: "r1",
      run_id: "r1",
      status: "failed",
      created_at: "2026-03-05T12:00:00Z",
      started_at: null,
      completed_at: null,
    },
  }),
  sampleWorkflow({
    id: "01a1fe84-0000-7000-8000-000000000002",
    name: "Second",
    is_valid: false,
  }),
];

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows": ({ query }) =>
      page(WORKFLOWS.filter(({ name }) => name.toLowerCase().includes(query.get("search") ?? ""))),
    "GET /workflow-executions": ({ query }) =>
      page(query.has("workflow_id") ? [sampleRun({ id: "r1", status: "failed" })] : []),
    ...more,
  });
}

describe("the library", () => {
  it("shows each workflow with its newest runs, and runs only what can run", async () => {
    serve();
    openPage("/workflows");
    const first = await screen.findByRole("article", { name: "First" });
    expect(await within(first).findByRole("img", { name: "Last run: 1 failed" })).toBeVisible();
    const second = screen.getByRole("article", { name: "Second" });
    expect(within(second).getByText("Has errors")).toBeVisible();
    expect(within(second).getByRole("button", { name: "Run workflow: Second" })).toBeDisabled();
  });

  it("asks the server for what is searched, and keeps it in the address", async () => {
    const server = serve();
    const { user, router } = openPage("/workflows?sort=name");
    await screen.findByRole("article", { name: "First" });
    await user.type(screen.getByLabelText("Search workflows"), "second");
    await waitFor(() => expect(screen.queryByRole("article", { name: "First" })).toBeNull());
    expect(router.state.location.search).toEqual({ sort: "name", search: "second" });
    const query = server.to("GET", "/workflows").at(-1)?.query;
    expect(query?.get("sort_by")).toBe("name");
    expect(query?.get("sort_order")).toBe("asc");
  });

  it("says that nothing fits, and takes the filters away", async () => {
    serve();
    const { user } = openPage("/workflows?search=nothing");
    await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
    expect(await screen.findByRole("article", { name: "First" })).toBeVisible();
  });

  it("changes the standing of those that are selected", async () => {
    const server = serve({ "PATCH /workflows/*": () => WORKFLOWS[0] });
    const { user } = openPage("/workflows?view=list");
    await user.click(await screen.findByLabelText("Select First"));
    await user.click(screen.getByLabelText("Select Second"));
    await user.click(screen.getByRole("button", { name: "Archive" }));
    expect(await screen.findByText("Archived: 2 workflows")).toBeVisible();
    expect(server.to("PATCH", "/workflows/*").map(({ body }) => body)).toEqual([
      { status: "archived" },
      { status: "archived" },
    ]);
  });

  it("says why a copy was not made", async () => {
    serve({
      "POST /workflows/*/duplicate": () => new Refusal(409, "name_taken", "The name is taken"),
    });
    const { user } = openPage("/workflows");
    await user.click(await screen.findByRole("button", { name: "More for First" }));
    await user.click(await screen.findByRole("menuitem", { name: "Duplicate" }));
    expect(await screen.findByText("Not copied")).toBeVisible();
    expect(screen.getByText("The name is taken")).toBeVisible();
  });

  it("says what went wrong, and tries again", async () => {
    let fails = true;
    fakeServer({
      "GET /config/feature-flags": () => FLAGS,
      "GET /workflow-executions": () => page([]),
      "GET /workflows": () =>
        fails ? new Refusal(500, "internal", "Something broke") : page(WORKFLOWS),
    });
    const { user } = openPage("/workflows");
    expect(await screen.findByText("Something broke")).toBeVisible();
    fails = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("article", { name: "First" })).toBeVisible();
  });

  it("counts no workflow that is as good as deleted", async () => {
    serve();
    const { user } = openPage("/workflows");
    expect(await screen.findByText("2 workflows")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "More for First" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    expect(await screen.findByText("1 workflow")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("2 workflows")).toBeVisible();
  });

  it("says why a workflow cannot run to whoever points at it", async () => {
    const [, broken] = WORKFLOWS;
    serve({
      "GET /workflows/*": () => ({
        ...broken,
        validation_errors: [
          { code: "SWDL-E0401", message: "`a` depends on `b`, which does not exist" },
          { code: "SWDL-E0402", message: "something else" },
        ],
      }),
    });
    openPage("/workflows");
    const card = await screen.findByRole("article", { name: "Second" });
    const badge = within(card).getByText("Has errors");
    await waitFor(() =>
      expect(badge).toHaveAttribute("data-tip", "`a` depends on `b`, which does not exist"),
    );
    expect(badge).toHaveTextContent("Has errors: `a` depends on `b`");
  });

  it("says who made a workflow where that is not this machine", async () => {
    serve({
      "GET /workflows": () =>
        page([sampleWorkflow({ name: "Ours" }), { ...WORKFLOWS[1], created_by: "anna" }]),
    });
    openPage("/workflows");
    const theirs = await screen.findByRole("article", { name: "Second" });
    expect(theirs).toHaveTextContent("by anna");
    expect(screen.getByRole("article", { name: "Ours" })).not.toHaveTextContent("by local");
  });
});
