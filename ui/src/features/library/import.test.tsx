import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

function serve(create: Parameters<typeof fakeServer>[0][string], stored = false) {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows": () => page(stored ? [sampleWorkflow()] : []),
    "GET /workflow-executions": () => page([]),
    "POST /workflows": create,
  });
}

const file = (name: string, text: string) => new File([text], name, { type: "application/yaml" });

const picker = () => {
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) throw new Error("nothing takes files");
  return input;
};

it("adds an example to an empty library", async () => {
  const server = serve(() => sampleWorkflow());
  const { user } = openPage("/workflows");
  const [first] = await screen.findAllByRole("button", { name: "Add this example" });
  if (first) await user.click(first);
  expect(await screen.findByText("1 workflow added")).toBeVisible();
  expect(server.to("POST", "/workflows")[0]?.body).toMatchObject({
    yaml_content: expect.stringContaining("stages:") as string,
  });
});

it("stores what has errors as a draft, and says so", async () => {
  serve(({ query }) =>
    query.get("draft") === "true"
      ? sampleWorkflow({ is_valid: false })
      : new Refusal(400, "invalid_definition", "not valid"),
  );
  const { user } = openPage("/workflows");
  await screen.findByText("No workflows yet");
  await user.upload(picker(), [file("a.yaml", "a: 1"), file("b.yaml", "b: 1")]);
  expect(await screen.findByText("b.yaml has errors")).toBeVisible();
  expect(await screen.findByText("2 workflows added")).toBeVisible();
});

it("says why something was not imported", async () => {
  serve(({ query }) =>
    query.get("draft") === "true"
      ? new Refusal(413, "too_large", "That is too much")
      : new Refusal(400, "invalid_definition", "not valid"),
  );
  const { user } = openPage("/workflows");
  await screen.findByText("No workflows yet");
  const large = file("large.yaml", "x");
  Object.defineProperty(large, "size", { value: 5 * 1024 * 1024 });
  await user.upload(picker(), [file("a.yaml", "a: 1"), large]);
  expect(await screen.findByText("large.yaml is too large for a workflow")).toBeVisible();
  expect(await screen.findByText("Not imported: a.yaml")).toBeVisible();
  expect(screen.getByText("That is too much")).toBeVisible();
});

it.each([
  ["is empty", "", "SWDL-E0201", "there is nothing in this file"],
  ["is a list", "- a\n", "SWDL-E0201", "expected a map, got a list"],
  ["is JSON that breaks off", '{"a":1', "SWDL-E0101", "this `{` is not closed"],
])("takes no file that %s", async (_what, text, code, message) => {
  const finding = { code, severity: "error", message, path: "", help: null, span: null };
  const server = serve(
    () => new Refusal(400, "invalid_definition", message, { validation_errors: [finding] }),
  );
  const { user } = openPage("/workflows");
  await screen.findByText("No workflows yet");
  await user.upload(picker(), [file("no.yaml", text)]);
  expect(await screen.findByText(`It is no workflow: ${message}`)).toBeVisible();
  expect(server.to("POST", "/workflows").map(({ query }) => query.get("draft"))).toEqual(["false"]);
});

it("takes no file that is not text", async () => {
  const server = serve(() => sampleWorkflow());
  const { user } = openPage("/workflows");
  await screen.findByText("No workflows yet");
  const binary = [
    new File([new Uint8Array([0, 1, 2, 10])], "zero.yaml"),
    new File([new Uint8Array([255, 254, 10])], "half.yaml"),
  ];
  await user.upload(picker(), binary);
  expect(await screen.findAllByText("It is no text in UTF-8.")).toHaveLength(2);
  expect(server.to("POST", "/workflows")).toEqual([]);
});

it("keeps a map that cannot be read as a draft, to be mended", async () => {
  const finding = { code: "SWDL-E0101", severity: "error", message: "indented", path: "" };
  const server = serve(({ query }) =>
    query.get("draft") === "true"
      ? sampleWorkflow({ is_valid: false })
      : new Refusal(400, "invalid_definition", "x", { validation_errors: [finding] }),
  );
  const { user } = openPage("/workflows");
  await screen.findByText("No workflows yet");
  await user.upload(picker(), [file("torn.yaml", "# mine\n---\nworkflow:\n   id: a\n  name: b\n")]);
  expect(await screen.findByText("torn.yaml has errors")).toBeVisible();
  expect(server.to("POST", "/workflows")).toHaveLength(2);
});

it("takes files that are dropped, and shows where", async () => {
  const server = serve(() => sampleWorkflow(), true);
  openPage("/workflows");
  await screen.findByRole("article", { name: "Sample" });
  const dataTransfer = { types: ["Files"], files: [file("a.yaml", "a: 1")] };
  fireEvent.dragOver(window, { dataTransfer });
  expect(screen.getByText("Drop workflow files to add them")).toBeVisible();
  fireEvent(window, Object.assign(new Event("dragleave"), { relatedTarget: null }));
  expect(screen.queryByText("Drop workflow files to add them")).toBeNull();
  fireEvent.drop(window, { dataTransfer });
  await waitFor(() => expect(server.to("POST", "/workflows")).toHaveLength(1));
});
