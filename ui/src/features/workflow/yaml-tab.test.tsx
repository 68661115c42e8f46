import { EditorView } from "@codemirror/view";
import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

const WORKFLOW = sampleWorkflow({ definition: "workflow:\n  id: sample\n" });

async function openEditor(put: Parameters<typeof fakeServer>[0][string], workflow = WORKFLOW) {
  const server = fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows/*": () => workflow,
    "GET /workflow-executions": () => page([]),
    "POST /workflows/validate": () => ({ is_valid: true, errors: [], warnings: [] }),
    "PUT /workflows/*": put,
  });
  const opened = openPage(`/workflows/${WORKFLOW.id}?tab=yaml`);
  await screen.findByText("No problems");
  const host = await waitFor(() => {
    const content = document
      .querySelector("[data-editor]")
      ?.shadowRoot?.querySelector<HTMLElement>(".cm-content");
    if (!content) throw new Error("the editor is not there yet");
    return content;
  });
  const view = EditorView.findFromDOM(host);
  if (!view) throw new Error("there is no editor");
  const write = (text: string) =>
    act(() => {
      view.dispatch({ changes: { from: view.state.doc.length, insert: text } });
    });
  return { ...opened, server, view, write };
}

describe("the editor of a definition", () => {
  it("saves what was written, with the revision it is based on", async () => {
    const { user, server, write } = await openEditor(() => ({ ...WORKFLOW, revision: 2 }));
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    write("# more\n");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Saved")).toBeVisible();
    expect(server.to("PUT", "/workflows/*")[0]?.body).toEqual({
      yaml_content: "workflow:\n  id: sample\n# more\n",
      revision: 1,
    });
    expect(screen.queryByText("Not saved")).toBeNull();
  });

  it("keeps errors, when somebody wants so", async () => {
    const { user, server, write } = await openEditor(({ query }) =>
      query.get("draft") === "true"
        ? { ...WORKFLOW, is_valid: false, revision: 2 }
        : new Refusal(400, "invalid_definition", "not valid"),
    );
    write("nonsense");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await user.click(await screen.findByRole("button", { name: "Save with errors" }));
    expect(await screen.findByText("Saved with errors")).toBeVisible();
    expect(server.to("PUT", "/workflows/*")).toHaveLength(2);
  });

  it("says what is lost when a published one is saved with errors", async () => {
    const published = { ...WORKFLOW, status: "published" as const };
    const { user, write } = await openEditor(
      ({ query }) =>
        query.get("draft") === "true"
          ? { ...published, status: "draft", is_valid: false, revision: 2 }
          : new Refusal(400, "invalid_definition", "not valid"),
      published,
    );
    write("nonsense");
    await user.click(screen.getByRole("button", { name: "Save" }));
    const dialog = await screen.findByRole("dialog", { name: "Save it with its errors?" });
    expect(dialog).toHaveTextContent("It becomes a draft");
    expect(dialog).toHaveTextContent("must be published again");
    expect(dialog).not.toHaveTextContent("Nothing is lost");
    await user.click(screen.getByRole("button", { name: "Save with errors" }));
    expect(await screen.findByText("Saved with errors; it is a draft now")).toBeVisible();
  });

  it("takes changes back", async () => {
    const { user, view, write } = await openEditor(() => WORKFLOW);
    write("# more\n");
    await user.click(screen.getByRole("button", { name: "Take back" }));
    expect(view.state.doc.toString()).toBe(WORKFLOW.definition);
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
  });

  it("asks when somebody else has saved", async () => {
    const { user, write } = await openEditor(
      () => new Refusal(409, "changed_meanwhile", "It was changed meanwhile"),
    );
    write("# more\n");
    await user.click(screen.getByRole("button", { name: "Save" }));
    const dialog = await screen.findByRole("dialog", { name: "Somebody else has changed it" });
    expect(dialog).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Go on writing" }));
    expect(screen.getByText("Not saved")).toBeVisible();
  });
});
