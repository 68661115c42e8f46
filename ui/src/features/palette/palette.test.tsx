import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleRun } from "@/testing/samples";
import { fakeServer, FLAGS, page } from "@/testing/server";

const ID = "01a1fe84-0000-7000-8000-0000000000";
const NEW = sampleRun({
  id: `${ID}a1`,
  workflow_name: "Nightly",
  parameters: { topic: "hedgerows" },
  project_id: "p1",
});
const OLD = sampleRun({ id: `${ID}b2`, workflow_name: "Yearly report" });
const OLDER = sampleRun({ id: `${ID}c3`, workflow_name: "Census" });

async function openPalette() {
  const server = fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows": () => page([]),
    "GET /projects": () => page([{ id: "p1", name: "Field guide" }]),
    "GET /workflow-executions": ({ query }) => {
      const search = query.get("search")?.toLowerCase();
      if (search === undefined) return page([NEW]);
      if (search === "yearly x") return new Promise(() => undefined);
      return page([NEW, OLD].filter((run) => run.workflow_name.toLowerCase().includes(search)));
    },
    "GET /workflow-executions/*": ({ path }) => (path.endsWith("0000c3") ? OLDER : undefined),
  });
  const { user } = openPage("/workflows/new");
  await screen.findByRole("heading", { name: "New workflow" });
  await user.keyboard("{Control>}k{/Control}");
  const palette = await screen.findByRole("dialog", { name: "Search and do" });
  const field = within(palette).getByRole("combobox");
  const search = async (words: string) => {
    await user.clear(field);
    await user.type(field, words);
  };
  return { server, palette, search };
}

it("finds runs by what they were started with, and those that only the server knows", async () => {
  const { server, palette, search } = await openPalette();
  const option = (name: RegExp) => within(palette).findByRole("option", { name });
  expect(await option(/^Nightly/)).toHaveTextContent("topic=hedgerows");
  for (const words of ["hedge", "field guide", "guide nightly", "running", "0000a1"]) {
    await search(words);
    await option(/^Nightly/);
  }
  await search("nightly");
  await waitFor(() => expect(within(palette).getAllByRole("option")).toHaveLength(1));
  await search("yearly");
  await option(/^Yearly report/);
  expect(within(palette).queryByRole("option", { name: /^Nightly/ })).toBeNull();
  // What fitted the words before is gone, also while nobody has answered to these.
  await search("yearly x");
  await within(palette).findByText("Nothing is called “yearly x”.");
  await search("0000c3");
  await option(/^Census/);
  // Words are no ids, nor is what is too short for one.
  for (const words of ["decade", "7f7f7"]) {
    await search(words);
    await within(palette).findByText(`Nothing is called “${words}”.`);
  }
  const asked = server.to("GET", "/workflow-executions/*").map(({ path }) => path);
  expect(asked).toEqual(["/workflow-executions/0000c3"]);
});

it("gives the focus back to where it was", async () => {
  fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows": () => page([]),
    "GET /projects": () => page([]),
    "GET /workflow-executions": () => page([]),
  });
  const { user } = openPage("/workflows/new");
  await screen.findByRole("heading", { name: "New workflow" });
  const opener = screen.getByRole("button", { name: "Fold the sidebar" });
  opener.focus();
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("dialog", { name: "Search and do" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(opener).toHaveFocus());
});
