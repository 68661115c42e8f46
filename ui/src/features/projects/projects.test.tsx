import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Project, Skill } from "@/api/projects";
import { openPage } from "@/testing/open-page";
import { sampleRun } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

function project(more: Partial<Project>): Project {
  return {
    id: "p1",
    name: "birds",
    path: "/home/me/birds",
    source: "baton",
    is_there: true,
    total_runs: 3,
    unfinished_runs: 1,
    created_by: "local",
    created_at: "2026-01-01T09:00:00Z",
    ...more,
  };
}

const BIRDS = project({});
const GONE = project({
  id: "p2",
  name: "gone",
  path: "/gone",
  source: "specflow",
  is_there: false,
});
const PLAN: Skill = {
  reference: "command:plan",
  type: "command",
  name: "plan",
  description: "Thinks before it writes",
  location: "/home/me/birds/.claude/commands/plan.md",
};

let projects: Project[];

beforeEach(() => {
  projects = [BIRDS, GONE];
});

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    ...more,
    "GET /config/feature-flags": () => FLAGS,
    "GET /projects": () => page(projects),
    "GET /projects/*": ({ path }) =>
      projects.find(({ id }) => path.endsWith(id)) ?? new Refusal(404, "not_found", "no project"),
    "GET /projects/*/skills": () => page([PLAN, { ...PLAN, reference: "skill:sql", name: "sql" }]),
    "GET /workflow-executions": ({ query }) =>
      page(query.get("project_id") === "p2" ? [] : [sampleRun({ project_id: "p1" })]),
    "GET /workflow-executions/*": () => sampleRun({ id: "made", status: "completed", steps: [] }),
  });
}

describe("the projects", () => {
  it("are listed with their runs, and whether their directory is there", async () => {
    serve();
    const { user, router } = openPage("/projects");
    const list = await screen.findByRole("list", { name: "Projects" });
    const [birds, gone] = within(list).getAllByRole("listitem");
    expect(birds).toHaveTextContent(/birds.*\/home\/me\/birds.*3 runs.*1 not ended/);
    expect(gone).toHaveTextContent("The directory is not there.");
    expect(gone).toHaveTextContent("SpecFlow");
    await user.keyboard("j{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/projects/p1"));
  });

  it("are reached with two keys, and one is added", async () => {
    projects = [];
    const server = serve({
      "POST /projects": () => {
        projects = [BIRDS];
        return BIRDS;
      },
    });
    const { user, router } = openPage("/settings");
    await screen.findByRole("heading", { name: "Settings" });
    await user.keyboard("gp");
    await user.click(await screen.findByRole("button", { name: "Add a project" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a project" });
    await user.type(within(dialog).getByLabelText(/Directory/), "/home/me/birds");
    await user.click(within(dialog).getByRole("button", { name: "Add it" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/projects/p1"));
    expect(server.to("POST", "/projects")[0]?.body).toEqual({ path: "/home/me/birds" });
  });

  it("say at the field why one was not added", async () => {
    serve({ "POST /projects": () => new Refusal(400, "malformed", "It is no directory") });
    const { user } = openPage("/projects");
    await screen.findByRole("list", { name: "Projects" });
    await user.keyboard("c");
    await user.type(await screen.findByLabelText(/Directory/), "/nowhere");
    await user.click(screen.getByRole("button", { name: "Add it" }));
    expect(await screen.findByText("It is no directory")).toBeVisible();
    expect(screen.getByLabelText(/Directory/)).toBeInvalid();
  });
});

describe("a project", () => {
  it("shows its runs", async () => {
    const server = serve();
    openPage("/projects/p1");
    expect(await screen.findByRole("list", { name: "Executions" })).toBeVisible();
    const asked = server.to("GET", "/workflow-executions");
    expect(asked.some(({ query }) => query.get("project_id") === "p1")).toBe(true);
  });

  it("asks of its runs what can be asked of all of them", async () => {
    const server = serve();
    const { user, router } = openPage("/projects/p1");
    await screen.findByRole("list", { name: "Executions" });
    // All of them are of this project.
    expect(screen.queryByLabelText("Project")).toBeNull();
    await user.selectOptions(screen.getByLabelText("State"), "failed,cancelled");
    await user.selectOptions(screen.getByLabelText("Order"), "completed_at:desc");
    const wanted = { status: "failed,cancelled", sort: "completed_at", order: "desc" };
    await waitFor(() => expect(router.state.location.search).toEqual(wanted));
    await waitFor(() => {
      const last = server.to("GET", "/workflow-executions").at(-1)?.query;
      expect(Object.fromEntries(last ?? [])).toMatchObject({
        project_id: "p1",
        status: "failed,cancelled",
        sort_by: "completed_at",
      });
    });
    await user.click(screen.getByRole("tab", { name: "Skills" }));
    await waitFor(() => expect(router.state.location.search).toEqual({ ...wanted, tab: "skills" }));
  });

  it("starts a skill in its directory", async () => {
    const server = serve({
      "POST /workflow-executions": () => sampleRun({ id: "made", status: "completed", steps: [] }),
    });
    const { user, router } = openPage("/projects/p1?tab=skills");
    const list = await screen.findByRole("list", { name: "Skills" });
    await user.type(screen.getByLabelText("Search skills"), "plan");
    await waitFor(() => expect(within(list).getAllByRole("listitem")).toHaveLength(1));
    await user.click(within(list).getByRole("button", { name: "Start plan" }));
    const dialog = await screen.findByRole("dialog", { name: "Start plan" });
    await user.type(within(dialog).getByLabelText("What to do"), "The next release");
    // What is written outlives the dialog.
    await user.keyboard("{Escape}");
    await user.click(within(list).getByRole("button", { name: "Start plan" }));
    const again = await screen.findByRole("dialog", { name: "Start plan" });
    expect(within(again).getByLabelText("What to do")).toHaveValue("The next release");
    await user.click(within(again).getByRole("button", { name: "Start run" }));
    await waitFor(() => expect(router.state.location.pathname).toMatch(/made$/));
    expect(server.to("POST", "/workflow-executions")[0]?.body).toMatchObject({
      definition: expect.stringContaining('"command:plan"') as string,
      parameters: { task: "The next release" },
      project_id: "p1",
    });
    expect(Object.keys(sessionStorage).filter((key) => key.includes("skill:"))).toEqual([]);
  });

  it("leads nobody away who has closed the dialog meanwhile", async () => {
    let answer: (run: unknown) => void = () => undefined;
    const server = serve({
      "POST /workflow-executions": () => new Promise((done) => (answer = done)),
    });
    const { user, router } = openPage("/projects/p1?tab=skills");
    const open = async () => user.click(await screen.findByRole("button", { name: "Start plan" }));
    await open();
    await user.type(await screen.findByLabelText("What to do"), "The next release");
    await user.click(screen.getByRole("button", { name: "Start run" }));
    await waitFor(() => expect(server.to("POST", "/workflow-executions")).toHaveLength(1));
    await user.keyboard("{Escape}");
    act(() => answer(sampleRun({ id: "made" })));
    await waitFor(() => expect(sessionStorage).toHaveLength(0));
    await open();
    expect(await screen.findByLabelText("What to do")).toHaveValue("");
    expect(router.state.location.pathname).toBe("/projects/p1");
  });

  it("starts a skill once for one task, and anew for another, when an answer was lost", async () => {
    const server = serve({
      "POST /workflow-executions": () => {
        throw new TypeError("the connection broke");
      },
    });
    const { user } = openPage("/projects/p1?tab=skills");
    await user.click(await screen.findByRole("button", { name: "Start plan" }));
    const start = await screen.findByRole("button", { name: "Start run" });
    const keys = () =>
      server
        .to("POST", "/workflow-executions")
        .map(({ headers }) => headers.get("Idempotency-Key"));
    const press = async (times: number) => {
      await waitFor(() => expect(start).toBeEnabled());
      await user.click(start);
      await waitFor(() => expect(keys()).toHaveLength(times));
    };
    await press(1);
    expect(await screen.findByText(/may have started or not/)).toBeVisible();
    await press(2);
    await user.type(screen.getByLabelText("What to do"), "Another thing");
    await press(3);
    const [first, again, other] = keys();
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("says why nothing was started", async () => {
    serve({
      "POST /workflow-executions": () =>
        new Refusal(400, "unresolved_agent", "Nobody works for command:plan"),
    });
    const { user } = openPage("/projects/p1?tab=skills");
    await user.click(await screen.findByRole("button", { name: "Start plan" }));
    await user.click(await screen.findByRole("button", { name: "Start run" }));
    expect(await screen.findByText("Not started: Nobody works for command:plan")).toBeVisible();
  });

  it("starts nothing where its directory is gone, and leaves to others what is theirs", async () => {
    serve();
    openPage("/projects/p2?tab=skills");
    expect(await screen.findByText(/nothing can be started in it/)).toBeVisible();
    await screen.findByRole("list", { name: "Skills" });
    expect(screen.queryByRole("button", { name: /^Start/ })).toBeNull();
    expect(screen.queryByRole("button", { name: "Take out" })).toBeNull();
  });

  it("is taken out by whoever says so twice", async () => {
    const server = serve({
      "DELETE /projects/*": () => {
        projects = [GONE];
        return {};
      },
    });
    const { user, router } = openPage("/projects/p1");
    await user.click(await screen.findByRole("button", { name: "Take out" }));
    await user.click(await screen.findByRole("button", { name: "Take it out" }));
    expect(await screen.findByText("Taken out: birds")).toBeVisible();
    await waitFor(() => expect(router.state.location.pathname).toBe("/projects"));
    expect(server.to("DELETE", "/projects/p1")).toHaveLength(1);
  });

  it("is said to be missing when it is", async () => {
    serve();
    const { user } = openPage("/projects/none");
    expect(await screen.findByRole("heading", { name: "No such project" })).toBeVisible();
    expect(screen.getByText("There is nothing here")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
    await user.click(screen.getByRole("link", { name: "Go to the projects" }));
    expect(await screen.findByRole("list", { name: "Projects" })).toBeVisible();
  });
});

describe("the executions", () => {
  it("say to which project each belongs, and are filtered by it", async () => {
    const server = serve();
    const { user, router } = openPage("/workflows/executions");
    const list = await screen.findByRole("list", { name: "Executions" });
    expect(await within(list).findByText("birds")).toBeVisible();
    await user.selectOptions(screen.getByLabelText("Project"), "gone");
    expect(await screen.findByText("Nothing fits")).toBeVisible();
    expect(router.state.location.search).toEqual({ project: "p2" });
    const asked = server.to("GET", "/workflow-executions");
    expect(asked.some(({ query }) => query.get("project_id") === "p2")).toBe(true);
  });
});
