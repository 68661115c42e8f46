import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { findEditor } from "@/testing/editor";
import { openPage } from "@/testing/open-page";
import { sampleRun, sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

const WORKFLOW = sampleWorkflow({ definition: "workflow:\n  id: sample\n" });

type Answers = Parameters<typeof fakeServer>[0];

async function openEditor(
  put: NonNullable<Answers[string]>,
  workflow = WORKFLOW,
  more: Answers = {},
) {
  const server = fakeServer({
    ...more,
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflows/*": () => workflow,
    "GET /workflow-executions": () => page([]),
    "POST /workflows/validate": () => ({ is_valid: true, errors: [], warnings: [] }),
    "PUT /workflows/*": put,
    // What comes first is asked first, what comes last counts.
    ...more,
  });
  const opened = openPage(`/workflows/${WORKFLOW.id}?tab=yaml`);
  await screen.findByText("No problems");
  const { view, write } = await findEditor();
  return { ...opened, server, view, write };
}

const tab = (name: RegExp) => screen.getByRole("tab", { name });
const written = async () => (await findEditor()).view.state.doc.toString();

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

  it("is no conflict with a change of something else than the text", async () => {
    const revision = { now: 1 };
    const { user, server, write } = await openEditor(
      ({ body }) => {
        expect((body as { revision: number }).revision).toBe(2);
        return { ...WORKFLOW, revision: 3 };
      },
      WORKFLOW,
      {
        "GET /workflows/*": () => ({ ...WORKFLOW, revision: revision.now }),
        "PATCH /workflows/*": () => ({ ...WORKFLOW, status: "archived", revision: 2 }),
      },
    );
    write("# more\n");
    await user.click(tab(/Settings/));
    revision.now = 2;
    await user.click(await screen.findByRole("button", { name: "Archive" }));
    await waitFor(() => expect(server.to("PATCH", "/workflows/*")).toHaveLength(1));
    await user.click(tab(/YAML/));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findByText(/^Saved/)).toBeVisible();
    expect(await written()).toContain("# more");
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

  it("keeps what was written while another tab is looked at", async () => {
    const { user, server, write } = await openEditor(() => ({ ...WORKFLOW, revision: 2 }));
    write("# more\n");
    await user.click(tab(/^Settings/));
    await screen.findByText("Identity");
    expect(tab(/^YAML/)).toHaveTextContent("not saved");
    await user.click(tab(/^YAML/));
    expect(await written()).toBe("workflow:\n  id: sample\n# more\n");
    await user.click(tab(/^Settings/));
    await screen.findByText("Identity");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(server.to("PUT", "/workflows/*")).toHaveLength(1));
    await waitFor(() => expect(tab(/^YAML/)).not.toHaveTextContent("not saved"));
  });

  it("saves with a key, whatever has the focus", async () => {
    const { user, server, write } = await openEditor(() => ({ ...WORKFLOW, revision: 2 }));
    write("# more\n");
    act(() => screen.getByRole("button", { name: "Take back" }).focus());
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(server.to("PUT", "/workflows/*")).toHaveLength(1));
  });

  it("asks again when it was changed once more, with what is stored by then", async () => {
    const revisions: number[] = [];
    let stored = WORKFLOW;
    const { user, write } = await openEditor(
      ({ body }) => {
        const { revision } = body as { revision: number };
        revisions.push(revision);
        if (revision === 3) return { ...stored, revision: 4 };
        stored = {
          ...WORKFLOW,
          revision: revision + 1,
          definition: `# save ${revision + 1} of others\n`,
        };
        return new Refusal(409, "changed_meanwhile", "It was changed meanwhile");
      },
      WORKFLOW,
      { "GET /workflows/*": () => stored },
    );
    write("# more\n");
    await user.click(screen.getByRole("button", { name: "Save" }));
    const dialog = await screen.findByRole("dialog", { name: "Somebody else has changed it" });
    expect(dialog).toHaveTextContent("Revision 2");
    expect(dialog).not.toHaveTextContent("once more");
    await user.click(within(dialog).getByRole("button", { name: "Save mine over it" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("once more");
    expect(dialog).toHaveTextContent("Revision 3");
    await user.click(within(dialog).getByRole("button", { name: "Save mine over it" }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(revisions).toEqual([1, 2, 3]);
  });

  it("takes nobody's save for somebody else's when only the answer was lost", async () => {
    let stored = WORKFLOW;
    const { user, server, write } = await openEditor(
      ({ body }) => {
        if (stored.revision > 1) return new Refusal(409, "changed_meanwhile", "changed");
        const { yaml_content: definition } = body as { yaml_content: string };
        stored = { ...WORKFLOW, definition, revision: 2 };
        throw new TypeError("the connection broke");
      },
      WORKFLOW,
      { "GET /workflows/*": () => stored },
    );
    write("# more\n");
    await user.click(screen.getByRole("button", { name: "Save" }));
    const save = screen.getByRole("button", { name: "Save" });
    expect(await screen.findByText("The server cannot be reached.")).toBeVisible();
    await waitFor(() => expect(save).toBeEnabled());
    await user.click(save);
    await waitFor(() => expect(tab(/^YAML/)).not.toHaveTextContent("not saved"));
    expect(save).toBeDisabled();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(server.to("PUT", "/workflows/*")).toHaveLength(2);
  });

  it("has nothing to save any more when what is written is what is stored", async () => {
    let stored = WORKFLOW;
    const { queries, write } = await openEditor(() => WORKFLOW, WORKFLOW, {
      "GET /workflows/*": () => stored,
    });
    write("# more\n");
    expect(tab(/^YAML/)).toHaveTextContent("not saved");
    stored = { ...WORKFLOW, definition: `${WORKFLOW.definition ?? ""}# more\n`, revision: 2 };
    await act(() => queries.invalidateQueries());
    await waitFor(() => expect(tab(/^YAML/)).not.toHaveTextContent("not saved"));
  });
});

describe("a run while something is not saved", () => {
  const runs: Answers = {
    "POST /workflows/*/plan": () => new Refusal(400, "invalid_parameters", "no plan"),
    "POST /workflows/*/run": () => sampleRun({ id: "made" }),
    "GET /workflow-executions/*": () => sampleRun({ id: "made", steps: [] }),
  };
  const ask = async (user: Awaited<ReturnType<typeof openEditor>>["user"]) => {
    await user.click(screen.getByRole("button", { name: "Run workflow: Sample" }));
    return screen.findByRole("dialog", { name: "Save before it runs?" });
  };

  it("is asked for with what is written, once that is saved", async () => {
    const { user, server, write } = await openEditor(
      () => ({ ...WORKFLOW, revision: 2 }),
      WORKFLOW,
      runs,
    );
    write("# more\n");
    const dialog = await ask(user);
    await user.click(within(dialog).getByRole("button", { name: "Save and run" }));
    expect(await screen.findByRole("dialog", { name: "Run Sample" })).toBeVisible();
    expect(server.to("PUT", "/workflows/*")).toHaveLength(1);
  });

  it("is given up when it cannot be saved", async () => {
    const { user, router, write } = await openEditor(
      () => new Refusal(400, "invalid_definition", "not valid"),
      WORKFLOW,
      runs,
    );
    write("nonsense");
    const dialog = await ask(user);
    await user.click(within(dialog).getByRole("button", { name: "Save and run" }));
    expect(await screen.findByRole("dialog", { name: "Save it with its errors?" })).toBeVisible();
    expect(router.state.location.search).toEqual({ tab: "yaml" });
  });

  it("takes what is stored when somebody says so, and leads nobody away from the text", async () => {
    const { user, server, router, write } = await openEditor(() => WORKFLOW, WORKFLOW, runs);
    write("# more\n");
    const asked = await ask(user);
    await user.click(within(asked).getByRole("button", { name: "Run what is stored" }));
    const dialog = await screen.findByRole("dialog", { name: "Run Sample" });
    await user.click(within(dialog).getByRole("button", { name: "Start run" }));
    expect(await screen.findByText("Started what is stored")).toBeVisible();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(server.to("PUT", "/workflows/*")).toEqual([]);
    expect(await written()).toContain("# more");
    await user.click(screen.getByRole("button", { name: "Go to the run" }));
    const leave = await screen.findByRole("dialog", { name: "Leave without saving?" });
    await user.click(within(leave).getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(router.state.location.pathname).toMatch(/made$/));
  });
});

describe("a workflow that is deleted while it is open", () => {
  it("is said to be, and its text becomes a new one", async () => {
    let isGone = false;
    const gone = new Refusal(404, "not_found", "there is no stored workflow");
    const { user, server, router, write } = await openEditor(() => gone, WORKFLOW, {
      "GET /workflows/copy": () => ({ ...WORKFLOW, id: "copy" }),
      "GET /workflows/*": () => (isGone ? gone : WORKFLOW),
      "POST /workflows": () => ({ ...WORKFLOW, id: "copy" }),
    });
    write("# more\n");
    isGone = true;
    await user.click(screen.getByRole("button", { name: "Save" }));
    const notice = (await screen.findByText(/This workflow was deleted/)).closest("[role=alert]");
    expect(notice).not.toBeNull();
    expect(screen.getByRole("link", { name: "Go to the library" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Run workflow: Sample" })).toBeNull();
    expect(await written()).toContain("# more");

    await user.click(screen.getByRole("button", { name: "Keep it as a new workflow" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/workflows/copy"));
    const [made] = server.to("POST", "/workflows");
    expect(made?.body).toEqual({ yaml_content: "workflow:\n  id: sample\n# more\n" });
    expect(made?.query.get("draft")).toBe("true");
    await waitFor(() => expect(screen.queryByText(/This workflow was deleted/)).toBeNull());
  });

  it("is noticed by whoever comes back to the page", async () => {
    let isGone = false;
    await openEditor(() => WORKFLOW, WORKFLOW, {
      "GET /workflows/*": () => (isGone ? new Refusal(404, "not_found", "gone") : WORKFLOW),
    });
    isGone = true;
    act(() => void window.dispatchEvent(new Event("visibilitychange")));
    expect(await screen.findByText(/This workflow was deleted/)).toBeVisible();
    expect(await written()).toBe(WORKFLOW.definition);
  });
});
