import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleRun, sampleStage, sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page } from "@/testing/server";

const WORKFLOW = sampleWorkflow({
  definition: "workflow:\n  id: sample\n",
  stages: [
    sampleStage("draft", {
      roles: { primary: { artifact: "agent:writer", model: "opus" }, tools: [] },
    }),
    sampleStage("check"),
    sampleStage("review", { stage_type: "gate", roles: null }),
  ],
  parameters: {},
});
const PLAN = {
  workflow_id: "sample",
  workflow_name: "Sample",
  workflow_version: "1.0.0",
  parameters: {},
  total_stages: 3,
  total_batches: 3,
  batches: [],
  estimated_timeout_seconds: 1800,
  estimated_total_seconds: 1800,
  approval_gates: [],
  validation: { valid: true, errors: [], warnings: [] },
};

const agentOf = (name: string) => ({
  reference: `agent:${name}`,
  name,
  location: "/agents",
  resolved: true,
  error: null,
});

async function openOverrides() {
  const server = fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows/*": () => WORKFLOW,
    "GET /workflow-executions": () => page([]),
    "GET /projects": () => page([{ id: "p1", name: "birds", path: "/home/me/birds" }]),
    "GET /agents": ({ query }) =>
      page([agentOf(query.get("directory") === "/home/me/birds" ? "birder" : "poet")]),
    "POST /workflows/*/plan": () => PLAN,
    "POST /workflows/*/run": () => sampleRun(),
  });
  const { user } = openPage(`/workflows/${WORKFLOW.id}?run=open`);
  const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
  await user.click(within(dialog).getByText("Project and overrides"));
  return { server, user, dialog };
}

it("has another agent and another model work on stages this time", async () => {
  const { server, user, dialog } = await openOverrides();
  const choice = within(dialog).getByLabelText("Change a stage");
  // A gate has nobody who works.
  expect(within(choice).queryByRole("option", { name: "Stage review" })).toBeNull();
  await user.selectOptions(choice, "Stage draft");
  await user.selectOptions(choice, "Stage check");
  expect(within(dialog).queryByLabelText("Change a stage")).toBeNull();

  const draft = within(dialog).getByRole("group", { name: "Stage draft" });
  expect(within(draft).getByLabelText("Agent")).toHaveAttribute("placeholder", "agent:writer");
  expect(within(draft).getByLabelText("Model")).toHaveAttribute("placeholder", "opus");
  await user.type(within(draft).getByLabelText("Model"), "haiku");
  await user.type(within(draft).getByLabelText("Agent"), "agent:poet");
  const check = within(dialog).getByRole("group", { name: "Stage check" });
  await user.type(within(check).getByLabelText("Model"), "x");
  await user.click(within(check).getByRole("button", { name: "Leave Stage check as it is" }));
  expect(check).not.toBeInTheDocument();

  const primary = { artifact: "agent:poet", model: "haiku" };
  const overrides = { stages: { draft: { roles: { primary } } } };
  expect(within(dialog).getByLabelText(/Overrides/)).toHaveValue(
    JSON.stringify(
      { stages: { draft: { roles: { primary: { model: "haiku", artifact: "agent:poet" } } } } },
      null,
      2,
    ),
  );
  await user.click(within(dialog).getByRole("button", { name: "Start run" }));
  await vi.waitFor(() => expect(server.to("POST", "/workflows/*/run")).toHaveLength(1));
  expect(server.to("POST", "/workflows/*/run")[0]?.body).toMatchObject({ overrides });
});

it("offers the agents of the server, or of the project it runs in", async () => {
  const { user, dialog } = await openOverrides();
  await user.selectOptions(within(dialog).getByLabelText("Change a stage"), "Stage draft");
  const offered = () => {
    const { list } = within(dialog).getByLabelText<HTMLInputElement>("Agent");
    return [...(list?.options ?? [])].map(({ value }) => value);
  };
  await vi.waitFor(() => expect(offered()).toEqual(["agent:poet"]));
  await user.type(within(dialog).getByLabelText("Project directory"), "/home/me/birds");
  await vi.waitFor(() => expect(offered()).toEqual(["agent:birder"]));
});

it("shows what the JSON says, and waits while that is none", async () => {
  const { user, dialog } = await openOverrides();
  const json = within(dialog).getByLabelText(/Overrides/);
  const text =
    '{ "config": {}, "stages": { "draft": { "roles": { "primary": { "model": "x" } } } } }';
  await user.click(json);
  await user.paste(text);
  const draft = within(dialog).getByRole("group", { name: "Stage draft" });
  expect(within(draft).getByLabelText("Model")).toHaveValue("x");
  await user.clear(within(draft).getByLabelText("Model"));
  expect(json).toHaveValue(JSON.stringify({ config: {} }, null, 2));
  await user.type(json, "x");
  expect(within(dialog).getByText(/when the JSON below is one object/)).toBeVisible();
});
