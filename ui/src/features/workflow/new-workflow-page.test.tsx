import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

const MADE = sampleWorkflow({ name: "My workflow", stages: [] });

function serve(create: Parameters<typeof fakeServer>[0][string], errors: object[] = []) {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflow-executions": () => page([]),
    "GET /workflows/*": () => MADE,
    "POST /workflows/validate": () => ({ is_valid: errors.length === 0, errors, warnings: [] }),
    "POST /workflows": create,
  });
}

it("creates what the editor begins with, and goes there", async () => {
  const server = serve(() => MADE);
  const { user, router } = openPage("/workflows/new");
  expect(await screen.findByText("No problems")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Create" }));
  expect(await screen.findByText("Created “My workflow”")).toBeVisible();
  await waitFor(() => expect(router.state.location.pathname).toBe(`/workflows/${MADE.id}`));
  expect(server.to("POST", "/workflows")[0]?.query.get("draft")).toBe("false");
});

it("lists what is wrong, and keeps it as a draft when somebody wants so", async () => {
  const finding = {
    code: "SWDL-E0301",
    severity: "error",
    message: "`b` depends on nobody",
    help: "Name a stage.",
    path: "stages[1]",
    span: { start: { line: 2, column: 3 }, end: { line: 2, column: 5 } },
  };
  const server = serve(
    ({ query }) =>
      query.get("draft") === "true"
        ? MADE
        : new Refusal(400, "invalid_definition", "It has errors"),
    [finding],
  );
  const { user } = openPage("/workflows/new");
  expect(await screen.findByText("1 error")).toBeVisible();
  const problem = screen.getByRole("button", { name: /depends on nobody/ });
  expect(problem).toHaveTextContent("2:3");
  await user.click(problem);
  await user.click(screen.getByRole("button", { name: "Create" }));
  const dialog = await screen.findByRole("dialog", { name: "Create it with its errors?" });
  await user.click(within(dialog).getByRole("button", { name: "Create as a draft" }));
  await waitFor(() => expect(server.to("POST", "/workflows")).toHaveLength(2));
});

it("says why nothing was created", async () => {
  serve(() => new Refusal(507, "storage_full", "The disk is full"));
  const { user } = openPage("/workflows/new");
  await screen.findByText("No problems");
  await user.click(screen.getByRole("button", { name: "Create" }));
  expect(await screen.findByText("Not created")).toBeVisible();
  expect(screen.getByText("The disk is full")).toBeVisible();
});

it("is created with a key, whatever has the focus", async () => {
  const server = serve(() => MADE);
  const { user } = openPage("/workflows/new");
  await screen.findByText("No problems");
  screen.getByRole("button", { name: "Create" }).focus();
  await user.keyboard("{Control>}s{/Control}");
  await waitFor(() => expect(server.to("POST", "/workflows")).toHaveLength(1));
});
