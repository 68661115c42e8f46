import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page } from "@/testing/server";

async function open(tags: string[], search = "") {
  fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows": () => page([sampleWorkflow({ tags })]),
    "GET /workflow-executions": () => page([]),
  });
  const shown = openPage(`/workflows${search}`);
  const name = search === "" ? "Tags" : "docs";
  const [button] = await screen.findAllByRole("button", { name });
  if (button) await shown.user.click(button);
  return { ...shown, dialog: await screen.findByRole("dialog", { name: "Tags" }) };
}

it("asks for workflows with all of the tags that are chosen", async () => {
  const { user, dialog, router } = await open(["docs", "ops"], "?tags=docs");
  expect(within(dialog).queryByLabelText("Find a tag")).toBeNull();
  await user.click(within(dialog).getByRole("checkbox", { name: "ops" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ tags: "docs,ops" }));
  await user.click(within(dialog).getByRole("checkbox", { name: "docs" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ tags: "ops" }));
});

it("is searched when there are many", async () => {
  const { user, dialog } = await open(Array.from({ length: 12 }, (_, at) => `tag ${at}`));
  await user.type(within(dialog).getByLabelText("Find a tag"), "TAG 1");
  const names = within(dialog)
    .getAllByRole("checkbox")
    .map((box) => box.closest("label")?.textContent);
  expect(names).toEqual(["tag 1", "tag 10", "tag 11"]);
  await user.type(within(dialog).getByLabelText("Find a tag"), "9");
  expect(within(dialog).getByText("No tag is called so.")).toBeVisible();
});
