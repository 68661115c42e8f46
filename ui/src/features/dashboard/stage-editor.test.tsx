import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Execution } from "@/api/executions";
import { findEditor } from "@/testing/editor";
import { openPage } from "@/testing/open-page";
import { serveRun } from "@/testing/run-page";
import { DRAFT, makeRun, PUBLISH, REVIEW } from "@/testing/runs";
import { Stream } from "@/testing/server";

const PATH = "/workflows/executions/01a1fea5-1679-7693-911f-fcb8fc5ea496";
const TEXT = "id: publish\nname: Publish it\n";

let run: Execution;

beforeEach(() => {
  run = makeRun({ status: "running", steps: [DRAFT, { ...REVIEW, status: "running" }, PUBLISH] });
});

interface Sent {
  text: string;
  reason: string | null;
}

/** A server that finds what `mistakesIn` says, and takes what has none. */
function serve(mistakesIn: (text: string) => object[] = () => []) {
  return serveRun(() => run, {
    "GET /workflow-executions/*/stream": () => new Stream(),
    "GET /workflow-executions/*/steps/*": () => ({ ...PUBLISH, definition: TEXT }),
    "POST /workflow-executions/*/edits/validate": ({ body }) => {
      const errors = mistakesIn((body as Sent).text);
      return { is_valid: errors.length === 0, errors, warnings: [] };
    },
    "POST /workflow-executions/*/edits": () => run,
  });
}

const mistake = (more: object) => ({
  severity: "error",
  category: "dag",
  help: null,
  stage_id: null,
  field: null,
  file: null,
  path: "",
  span: null,
  ...more,
});

describe("a stage that has not started", () => {
  it("is changed as somebody writes it, with a reason", async () => {
    const server = serve();
    const { user } = openPage(`${PATH}?view=table&stage=publish`);
    await user.click(await screen.findByRole("button", { name: "Change…" }));
    const dialog = await screen.findByRole("dialog", { name: "Change “Publish it”" });
    const { view, write } = await findEditor();
    expect(view.state.doc.toString()).toBe(TEXT);
    const change = within(dialog).getByRole("button", { name: "Change it" });
    expect(change).toBeDisabled();
    write("condition: 'false'\n");
    await user.type(within(dialog).getByLabelText("Reason"), "Not today");
    await user.click(change);
    expect(await screen.findByText("Changed: Publish it")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/*/edits").map(({ body }) => body)).toEqual([
      {
        text: "- type: update\n  stage:\n    id: publish\n    name: Publish it\n    condition: 'false'\n",
        reason: "Not today",
      },
    ]);
  });

  it("shows each mistake at its place in what was written, and changes nothing with one", async () => {
    const server = serve((text) =>
      text.includes("nobody")
        ? [
            mistake({
              code: "SWDL-E0203",
              message: "there is no stage `nobody`",
              help: "take it out",
              path: "edits[0].stage.depends_on[0]",
              span: { start: { line: 5, column: 18 }, end: { line: 5, column: 24 } },
            }),
          ]
        : [],
    );
    const { user } = openPage(`${PATH}?view=table&stage=publish`);
    await user.click(await screen.findByRole("button", { name: "Change…" }));
    const { write } = await findEditor();
    write("depends_on: [nobody]\n");
    const problems = await screen.findByRole("list", { name: "Problems" });
    expect(problems).toHaveTextContent("there is no stage `nobody`take it outSWDL-E0203 · 3:14");
    expect(screen.getByRole("button", { name: "Change it" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Leave it" }));
    await user.click(await screen.findByRole("button", { name: "Go on writing" }));
    await user.click(screen.getByRole("button", { name: "Leave it" }));
    const ask = await screen.findByRole("dialog", { name: "Leave what you have written?" });
    await user.click(within(ask).getByRole("button", { name: "Leave it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(server.to("POST", "/workflow-executions/*/edits")).toEqual([]);
  });

  it("says why the run refuses it although nothing is wrong with the text", async () => {
    serve(() => [mistake({ code: "illegal_state", message: "stage `publish` has started" })]);
    const { user } = openPage(`${PATH}?view=table&stage=publish`);
    await user.click(await screen.findByRole("button", { name: "Change…" }));
    const { write } = await findEditor();
    write("# more\n");
    expect(await screen.findByRole("list", { name: "Problems" })).toHaveTextContent(
      "stage `publish` has started",
    );
  });
});

it("stays open when the stage starts meanwhile, with what was written", async () => {
  const stream = new Stream();
  serveRun(() => run, {
    "GET /workflow-executions/*/stream": () => stream,
    "GET /workflow-executions/*/steps/*": () => ({ ...PUBLISH, definition: TEXT }),
    "POST /workflow-executions/*/edits/validate": () => ({
      is_valid: true,
      errors: [],
      warnings: [],
    }),
  });
  const { user } = openPage(`${PATH}?view=table&stage=publish`);
  await user.click(await screen.findByRole("button", { name: "Change…" }));
  const { view, write } = await findEditor();
  write("# more\n");
  const at = new Date().toISOString();
  run = makeRun({ status: "running", steps: [DRAFT, REVIEW, { ...PUBLISH, status: "running" }] });
  act(() => stream.say("stage_started", "9.1", { at, stage_id: "publish" }));
  await waitFor(() => expect(screen.queryByText("Change…")).toBeNull());
  expect(screen.getByRole("dialog", { name: "Change “Publish it”" })).toBeVisible();
  expect(view.state.doc.toString()).toBe(`${TEXT}# more\n`);
});

it("does not undo what somebody else has changed meanwhile", async () => {
  let now = TEXT;
  const server = serveRun(() => run, {
    "GET /workflow-executions/*/stream": () => new Stream(),
    "GET /workflow-executions/*/steps/*": () => ({ ...PUBLISH, definition: now }),
    "POST /workflow-executions/*/edits/validate": () => ({
      is_valid: true,
      errors: [],
      warnings: [],
    }),
  });
  const { user } = openPage(`${PATH}?view=table&stage=publish`);
  await user.click(await screen.findByRole("button", { name: "Change…" }));
  const { write } = await findEditor();
  write("# more\n");
  now = `${TEXT}condition: theirs\n`;
  await user.click(await screen.findByRole("button", { name: "Change it" }));
  expect(await screen.findByText(/Somebody else has changed this stage/)).toBeVisible();
  expect(server.to("POST", "/workflow-executions/*/edits")).toEqual([]);
});

it("begins a stage after another, under a name that is free", async () => {
  const server = serve();
  const { user } = openPage(`${PATH}?view=table&stage=review`);
  await user.click(await screen.findByRole("button", { name: "Insert a stage after this one" }));
  const { view } = await findEditor();
  expect(view.state.doc.toString()).toContain("id: after-review\n");
  await user.click(await screen.findByRole("button", { name: "Insert it" }));
  expect(await screen.findByText("Inserted after: Review it")).toBeVisible();
  const last = server.to("POST", "/workflow-executions/*/edits").at(-1)?.body as Sent;
  expect(last.text).toMatch(/^- type: insert\n {2}stage:\n {4}id: after-review\n/);
});

it("offers no edits of a run that has ended", async () => {
  run = makeRun({ status: "completed", steps: [DRAFT, REVIEW, PUBLISH] });
  serve();
  openPage(`${PATH}?view=table&stage=publish`);
  await screen.findByRole("button", { name: "Re-run from here" });
  expect(screen.queryByRole("button", { name: "Change…" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Insert a stage after this one" })).toBeNull();
});
