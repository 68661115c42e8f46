import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";

import { reachability } from "@/api/reachability";
import { session } from "@/api/session";
import { openPage } from "@/testing/open-page";
import { sampleRun, sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    ...more,
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows": ({ query }) =>
      page("sample".includes(query.get("search") ?? "") ? [sampleWorkflow()] : []),
    "GET /workflow-executions": () => page([sampleRun({ status: "completed" })]),
  });
}

afterEach(() => {
  reachability.report("reachable");
});

describe("the shell", () => {
  it("finds workflows, runs and commands by their names", async () => {
    serve();
    const { user, router } = openPage("/workflows");
    await screen.findByRole("article", { name: "Sample" });
    await user.keyboard("{Control>}k{/Control}");
    const input = await screen.findByPlaceholderText(/Find a workflow/);
    await screen.findByRole("option", { name: /^Sample.*stages/ });
    await user.type(input, "settings");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings"));
    expect(screen.queryByPlaceholderText(/Find a workflow/)).toBeNull();
  });

  it("lists the keys of the page that is shown", async () => {
    serve();
    const { user } = openPage("/workflows");
    await screen.findByRole("article", { name: "Sample" });
    await user.keyboard("?");
    expect(await screen.findByRole("dialog", { name: "Keys" })).toHaveTextContent("New workflow");
  });

  it("goes through the themes", async () => {
    serve();
    const { user } = openPage("/workflows");
    await user.click(await screen.findByRole("button", { name: "Theme: like the system" }));
    expect(document.documentElement).toHaveAttribute("data-theme", "light");
    await user.click(screen.getByRole("button", { name: "Theme: light" }));
    expect(document.documentElement).toHaveAttribute("data-theme", "dark");
    await user.click(screen.getByRole("button", { name: "Theme: dark" }));
    expect(document.documentElement).not.toHaveAttribute("data-theme");
  });

  it("says that the server is away, and that it is back", async () => {
    serve();
    openPage("/workflows");
    await screen.findByRole("article", { name: "Sample" });
    act(() => {
      reachability.report("unreachable");
    });
    expect(screen.getByText("The server does not answer.")).toBeVisible();
    act(() => {
      reachability.report("reachable");
    });
    expect(screen.queryByText("The server does not answer.")).toBeNull();
    expect(await screen.findByText("The server is back")).toBeVisible();
  });

  it("has nothing of workflows while they are switched off, and asks for nothing of theirs", async () => {
    let tell: (flags: unknown) => void = () => undefined;
    const server = fakeServer({
      "GET /config/feature-flags": () =>
        new Promise((done) => {
          tell = done;
        }),
      "GET /projects": () => page([]),
    });
    const { user, router } = openPage("/workflows");
    await screen.findByRole("heading", { name: "Library" });
    // Nobody knows yet.
    expect(server.asked.map(({ path }) => path)).toEqual(["/config/feature-flags"]);
    act(() => tell({ ...FLAGS, workflow_engine_enabled: false }));
    await screen.findByRole("heading", { name: "Workflows are switched off" });
    const places = screen.getAllByRole("link").map((link) => link.getAttribute("aria-label") ?? "");
    expect(places.join(" ")).not.toMatch(/Inbox|Library|Executions/i);
    await user.keyboard("gp");
    await screen.findByText("No projects yet");
    await user.keyboard("ge");
    await user.keyboard("gs");
    await screen.findByRole("heading", { name: "Settings" });
    expect(router.state.location.pathname).toBe("/settings");
    await user.keyboard("?");
    const keys = await screen.findByRole("dialog", { name: "Keys" });
    expect(keys).toHaveTextContent("Go to the projects");
    expect(keys).not.toHaveTextContent(/library|executions|inbox/);
    await user.keyboard("{Escape}{Control>}k{/Control}");
    await screen.findByRole("option", { name: /Go to the settings/ });
    await user.type(screen.getByRole("combobox"), "o");
    expect(screen.queryByRole("option", { name: /workflow|library|executions|inbox/i })).toBeNull();
    const asked = new Set(server.asked.map(({ path }) => path));
    expect([...asked].sort()).toEqual(["/config/feature-flags", "/projects"]);
  });

  it("asks who is there when the server wants to know", async () => {
    const stranger = () => new Refusal(401, "unauthenticated", "Nobody knows who is asking");
    const server = fakeServer({
      "GET /config/feature-flags": stranger,
      "GET /workflows": stranger,
      "GET /workflow-executions": stranger,
    });
    const { user } = openPage("/workflows");
    await user.type(await screen.findByLabelText("Token"), "secret");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("The server does not believe the last token.")).toBeVisible();
    expect(session.token()).toBe("secret");
    expect(server.asked.length).toBeGreaterThan(0);
    session.signOut();
  });
});
