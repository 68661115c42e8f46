import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { serveRun } from "@/testing/run-page";
import { DRAFT, makeRun, PUBLISH, REVIEW } from "@/testing/runs";
import { sampleStage, sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page } from "@/testing/server";

const RUN = makeRun({
  status: "running",
  steps: [DRAFT, { ...REVIEW, status: "running" }, PUBLISH],
});
const WORKFLOW = sampleWorkflow({
  stages: [
    sampleStage("draft", { name: "Write a draft" }),
    sampleStage("agree", { name: "Agree to it", stage_type: "gate" }),
  ],
});

type User = ReturnType<typeof openPage>["user"];

async function search(user: User, words: string) {
  await user.keyboard("{Control>}k{/Control}");
  const palette = await screen.findByRole("dialog", { name: "Search and do" });
  await user.type(within(palette).getByRole("combobox"), words);
  return within(palette);
}

function serveLibrary() {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows": () => page([]),
    "GET /workflows/*": () => WORKFLOW,
    "GET /workflow-executions": () => page([]),
    "GET /projects": () => page([]),
  });
}

it("finds the stages of the run that is looked at, and leads to one", async () => {
  serveRun(() => RUN, {
    "GET /workflows": () => page([]),
    "GET /projects": () => page([]),
  });
  const { user, router } = openPage(`/workflows/executions/${RUN.id}?view=table&tab=events`);
  await screen.findByRole("complementary", { name: "Stage Review it" });
  const palette = await search(user, "it");
  const group = await palette.findByRole("group", { name: "Stages" });
  const names = within(group)
    .getAllByRole("option")
    .map(({ textContent }) => textContent);
  expect(names).toEqual(["Review itRunning", "Publish itPending", "Write a draftCompleted"]);
  await user.keyboard("{ArrowDown}");
  await user.keyboard("{Enter}");
  await screen.findByRole("complementary", { name: "Stage Publish it" });
  expect(router.state.location.search).toEqual({ stage: "publish", view: "table" });
});

it("leads from the log of a run to where stages are shown", async () => {
  serveRun(() => RUN, {
    "GET /workflows": () => page([]),
    "GET /projects": () => page([]),
  });
  const { user, router } = openPage(`/workflows/executions/${RUN.id}?view=log`);
  await screen.findByRole("log");
  const palette = await search(user, "draft");
  await user.click(await palette.findByRole("option", { name: /^Write a draft/ }));
  await waitFor(() => expect(router.state.location.search).toEqual({ stage: "draft" }));
});

it("finds the stages of the workflow that is looked at, by name and id", async () => {
  const server = serveLibrary();
  const { user, router } = openPage(`/workflows/${WORKFLOW.id}?tab=settings`);
  await screen.findByRole("heading", { name: "Sample" });
  const palette = await search(user, "agree");
  const option = await palette.findByRole("option", { name: /^Agree to it/ });
  expect(option).toHaveTextContent("agree");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(router.state.location.search).toEqual({ stage: "agree" }));
  await screen.findByRole("complementary", { name: /Agree to it/ });
  // They came with the page.
  expect(server.to("GET", "/workflows/*")).toHaveLength(1);
});

it("has no stages where no page has any", async () => {
  serveLibrary();
  const { user } = openPage("/workflows/new");
  await screen.findByRole("heading", { name: "New workflow" });
  const palette = await search(user, "draft");
  await palette.findByText("Nothing is called “draft”.");
});
