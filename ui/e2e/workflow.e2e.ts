import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { example, expectAccessible, picture } from "./harness";
import { setUp } from "./journey";

let id: string;

const { ask, store, visit } = setUp(async () => {
  id = await store(await example("minimal.yaml"));
});

/** Writes at the end of the definition. */
async function write(page: Page, text: string): Promise<void> {
  const editor = page.getByRole("textbox", { name: /^Definition/ });
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(text);
}

describe("a workflow's page", () => {
  it("shows its stages as a graph and as a list, with one selection", async () => {
    const page = await visit(`/workflows/${id}`);
    await page.getByRole("button", { name: "Make an outline" }).click();
    await page.getByRole("complementary", { name: "Stage Make an outline" }).waitFor();
    await page.waitForURL(/stage=outline/);
    await expectAccessible(page, "graph with a stage");
    await picture(page, "workflow-graph");
    await page.keyboard.press("j");
    await page.waitForURL(/stage=draft/);
    await page.getByRole("radio", { name: "List" }).click();
    await page.waitForURL(/view=list/);
    await expectAccessible(page, "list of stages");
    await page.keyboard.press("Escape");
    await page.getByRole("complementary").waitFor({ state: "detached" });
  });

  it("checks, completes and saves the definition", async () => {
    const page = await visit(`/workflows/${id}?tab=yaml`, { expects: /400/ });
    await page.getByText("No problems").waitFor();
    await write(page, "\n  - id: third\n    depends_on: [nobody]\n");
    await page.getByText(/errors?$/).waitFor();
    await page.getByText("`third` depends on `nobody`, which does not exist").waitFor();
    await expectAccessible(page, "definition with problems");
    await picture(page, "workflow-yaml");

    await page.keyboard.type("    na");
    await page.getByRole("option", { name: /name/ }).waitFor();
    await page.keyboard.press("Escape");

    await page.keyboard.press("Control+s");
    await page.getByRole("dialog", { name: "Save it with its errors?" }).waitFor();
    await expectAccessible(page, "asks before errors are saved");
    await page.getByRole("button", { name: "Go on editing" }).click();
    await page.getByRole("button", { name: "Take back" }).click();
    await page.getByText("No problems").waitFor();

    await write(page, "\n# A remark\n");
    await page.keyboard.press("Control+s");
    await page.getByText("Saved", { exact: true }).waitFor();
    const { definition, revision } = await ask<{ definition: string; revision: number }>(
      `/workflows/${id}`,
    );
    expect(definition).toContain("# A remark");
    expect(revision).toBe(2);
  });

  it("keeps in sight where somebody writes when problems open below", async () => {
    const page = await visit(`/workflows/${id}?tab=yaml`);
    await page.getByText("No problems").waitFor();
    await write(page, `${"\n".repeat(60)}  - id: third\n    depends_on: [nobody]`);
    await page.getByText("`third` depends on `nobody`, which does not exist").waitFor();
    const hidden = () =>
      page.evaluate(() => {
        const editor = document.querySelector("[data-editor]")?.shadowRoot;
        const frame = editor?.querySelector(".cm-scroller")?.getBoundingClientRect();
        const last = [...(editor?.querySelectorAll(".cm-line") ?? [])].at(-1);
        if (!frame || last?.textContent.includes("nobody") !== true) return Number.NaN;
        return Math.max(0, Math.round(last.getBoundingClientRect().bottom - frame.bottom));
      });
    await expect.poll(hidden).toBe(0);
  });

  it("asks which one stays when somebody else has saved", async () => {
    const page = await visit(`/workflows/${id}?tab=yaml`, { expects: /409/ });
    await page.getByText("No problems").waitFor();
    await write(page, "# Mine\n");
    const { definition } = await ask<{ definition: string }>(`/workflows/${id}`);
    await ask(`/workflows/${id}`, { yaml_content: `${definition}# Theirs\n` }, "PUT");
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("dialog", { name: "Somebody else has changed it" });
    await dialog.getByText("# Theirs").waitFor();
    await expectAccessible(page, "conflict");
    await picture(page, "workflow-conflict");
    await dialog.getByRole("button", { name: "Save mine over it" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    const now = await ask<{ definition: string }>(`/workflows/${id}`);
    expect(now.definition).toContain("# Mine");
  });

  it("keeps somebody who has not saved", async () => {
    const page = await visit(`/workflows/${id}?tab=yaml`);
    await page.getByText("No problems").waitFor();
    await write(page, "# Not saved\n");
    await page.getByRole("link", { name: "Library", exact: true }).first().click();
    const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
    await dialog.getByRole("button", { name: "Stay" }).click();
    expect(page.url()).toContain(id);
    await page.getByRole("link", { name: "Library", exact: true }).first().click();
    await dialog.getByRole("button", { name: "Leave" }).click();
    await page.waitForURL(/\/workflows$/);
  });

  it("loses nothing that is not saved to another tab, and saves it from there", async () => {
    const page = await visit(`/workflows/${id}?tab=yaml`);
    await page.getByText("No problems").waitFor();
    await write(page, "# From another tab\n");
    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Identity" }).waitFor();
    await page.getByRole("tab", { name: "YAML · not saved" }).click();
    await page.getByText("# From another tab").waitFor();
    await page.getByRole("button", { name: "Take back" }).focus();
    await page.keyboard.press("Control+s");
    await page.getByText("Saved", { exact: true }).waitFor();
    const { definition } = await ask<{ definition: string }>(`/workflows/${id}`);
    expect(definition).toContain("# From another tab");
  });

  it("asks what is to run while something is not saved, and stays with who writes", async () => {
    const text = (await example("minimal.yaml")).replace("First Steps", "Half Written");
    const half = await store(text);
    const page = await visit(`/workflows/${half}?tab=yaml`);
    await page.getByText("No problems").waitFor();
    await write(page, "# Not saved\n");
    await page.getByRole("button", { name: "Run workflow: Half Written" }).click();
    const which = page.getByRole("dialog", { name: "Save before it runs?" });
    await expectAccessible(page, "run of what is not saved");
    await which.getByRole("button", { name: "Run what is stored" }).click();
    const dialog = page.getByRole("dialog", { name: "Run Half Written" });
    await dialog.getByRole("textbox").first().fill("birds");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Started what is stored").waitFor();
    await page.getByText("# Not saved").waitFor();

    await page.getByRole("button", { name: "Run workflow: Half Written" }).click();
    await which.getByRole("button", { name: "Save and run" }).click();
    await dialog.waitFor();
    const { definition } = await ask<{ definition: string }>(`/workflows/${half}`);
    expect(definition).toContain("# Not saved");
  });

  it("is said to be deleted while it is open, and is kept as a new one", async () => {
    const text = (await example("minimal.yaml")).replace("First Steps", "Short Lived");
    const short = await store(text);
    const page = await visit(`/workflows/${short}?tab=yaml`, { expects: /404/ });
    await page.getByText("No problems").waitFor();
    await write(page, "# The only copy\n");
    await ask("/workflows/batch/delete", { ids: [short] });
    await page.keyboard.press("Control+s");
    await page.getByText("This workflow was deleted.").waitFor();
    await expectAccessible(page, "deleted while it is open");
    await picture(page, "workflow-deleted");
    await page.getByRole("button", { name: "Keep it as a new workflow" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(short));
    await page.getByRole("heading", { name: "Short Lived" }).waitFor();
    const kept = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const { definition } = await ask<{ definition: string }>(`/workflows/${kept}`);
    expect(definition).toContain("# The only copy");
  });

  it("changes tags and standing", async () => {
    const page = await visit(`/workflows/${id}?tab=settings`);
    await page.getByLabel("Another tag").fill("birds");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Remove birds" }).waitFor();
    await expectAccessible(page, "settings of a workflow");
    await page.getByRole("button", { name: "Publish" }).first().click();
    await page.getByText("It is published.").waitFor();
    await picture(page, "workflow-settings");
  });

  it("says so when there is no such workflow", async () => {
    const page = await visit("/workflows/01a1fe84-0000-7000-8000-000000000000", { expects: /404/ });
    await page.getByText("There is nothing here").waitFor();
    await expectAccessible(page, "missing workflow");
    await page.getByRole("link", { name: "Go to the library" }).click();
    await page.getByRole("heading", { name: "Library" }).waitFor();
  });
});

describe("a new workflow", () => {
  it("is written, checked and created", async () => {
    const page = await visit("/workflows/new");
    await page.getByText("No problems").waitFor();
    await expectAccessible(page, "new workflow");
    await picture(page, "workflow-new");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "My workflow" }).waitFor();
  });
});

describe("the run dialog", () => {
  it("plans while somebody writes, and starts by keyboard", async () => {
    const page = await visit(`/workflows/${id}`);
    await page.getByRole("heading", { name: "First Steps" }).waitFor();
    await page.keyboard.press("r");
    const dialog = page.getByRole("dialog", { name: "Run First Steps" });
    await dialog.getByText("The plan shows up when").waitFor();
    await page.keyboard.press("Control+Enter");
    await dialog.getByText("This is required.").waitFor();
    await expectAccessible(page, "run dialog with an error");
    await page.keyboard.type("migrating birds");
    await dialog.getByText("2 stages").waitFor();
    await expectAccessible(page, "run dialog with a plan");
    await picture(page, "run-dialog");
    await page.keyboard.press("Control+Enter");
    await page.waitForURL(/\/workflows\/executions\/[0-9a-f-]{36}/);
  });

  it("says the same as a command", async () => {
    const page = await visit(`/workflows/${id}?run=open`);
    const dialog = page.getByRole("dialog", { name: "Run First Steps" });
    await dialog.getByRole("textbox").first().fill("birds");
    await dialog.getByRole("button", { name: "Copy as" }).click();
    await page.getByRole("menuitem", { name: "CLI" }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe("baton run 'First Steps' --param topic=birds");
  });

  it("fills the whole of a phone", async () => {
    const page = await visit(`/workflows/${id}?run=open`, {
      width: 390,
      height: 844,
    });
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page, "run dialog on a phone");
    await picture(page, "run-dialog-390");
  });
});
