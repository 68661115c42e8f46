import { describe, expect, it } from "vitest";

import { example, expectAccessible, picture } from "./harness";
import { setUp } from "./journey";

const { ask, store, visit } = setUp();

describe("the library", () => {
  it("offers examples while it is empty, and shows what was added", async () => {
    const page = await visit("/");
    await page.getByText("No workflows yet").waitFor();
    await expectAccessible(page, "empty library");
    await picture(page, "library-empty");
    await page.getByRole("button", { name: "Add this example" }).first().click();
    await page.getByRole("article", { name: "First Steps" }).waitFor();
  });

  it("searches, filters and remembers it in the address", async () => {
    await store(await example("review-loop.yaml"));
    const page = await visit("/workflows");
    await page.getByRole("article").nth(1).waitFor();
    await expectAccessible(page, "library");
    await picture(page, "library");

    await page.keyboard.press("/");
    await page.keyboard.type("review");
    await page.waitForURL(/search=review/);
    await expect.poll(() => page.getByRole("article").count()).toBe(1);
    await page.getByRole("radio", { name: "List" }).click();
    await page.waitForURL(/view=list/);
    await expectAccessible(page, "library as a list");
    await page.reload();
    await page.getByRole("article", { name: "Review Loop" }).waitFor();
    expect(await page.getByRole("article").count()).toBe(1);

    await page.getByLabel("State").selectOption("archived");
    await page.getByText("Nothing fits").waitFor();
    await expectAccessible(page, "library without a match");
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await expect.poll(() => page.getByRole("article").count()).toBe(2);
  });

  it("cuts no tag of a card in half, and says how many there are besides", async () => {
    const tags = ["documentation-and-guides", "every-monday-morning", "migrating-birds", "tides"];
    const text = (await example("minimal.yaml")).replace("First Steps", "Tagged");
    await ask(`/workflows/${await store(text)}`, { tags }, "PATCH");
    const page = await visit("/workflows?view=grid");
    const card = page.getByRole("article", { name: "Tagged" });
    await card.getByText("+1").waitFor();
    const cut = await card.getByText("+1").evaluate((more) => {
      const row = more.parentElement?.parentElement?.getBoundingClientRect();
      const shown = [...(more.parentElement?.children ?? [])].map((one) =>
        one.getBoundingClientRect(),
      );
      if (!row || shown.length !== 4) return "no row of tags";
      return shown.filter(
        ({ top, bottom, right }) =>
          top < row.top - 1 || bottom > row.bottom + 1 || right > row.right + 1,
      ).length;
    });
    expect(cut).toBe(0);
    await ask("/workflows/batch/delete", { ids: [await store(text)] });
  });

  it("deletes by keyboard, and takes it back", async () => {
    const page = await visit("/workflows?view=list");
    await page.getByRole("article").nth(1).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByRole("toolbar").waitFor();
    await expectAccessible(page, "library with a selection");
    await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).press("Enter");
    await expect.poll(() => page.getByRole("article").count()).toBe(1);
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    await expect.poll(() => page.getByRole("article").count()).toBe(2);
  });

  it("deletes for good when the page is left", async () => {
    const id = await store((await example("minimal.yaml")).replace("First Steps", "Gone"));
    const page = await visit("/workflows");
    const card = page.getByRole("article", { name: "Gone" });
    await card.getByRole("button", { name: /More for/ }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await card.waitFor({ state: "detached" });
    await page.goto("about:blank");
    await expect
      .poll(() => ask(`/workflows/${id}`).catch((error: unknown) => String(error)))
      .toMatch(/404/);
  });

  it("takes files that are dropped on it, also with errors", async () => {
    const page = await visit("/workflows", { expects: /400/ });
    await page.getByRole("article").first().waitFor();
    const text = (await example("minimal.yaml"))
      .replace("First Steps", "Dropped")
      .replace("depends_on: [outline]", "depends_on: [nobody]");
    await page.evaluate((content) => {
      const files = new DataTransfer();
      files.items.add(new File([content], "dropped.yaml", { type: "application/yaml" }));
      for (const type of ["dragover", "drop"]) {
        window.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true }));
      }
    }, text);
    const card = page.getByRole("article", { name: "Dropped" });
    await card.waitFor();
    await card.getByText("Has errors").hover();
    await page.locator("[popover]").getByText("depends on `nobody`").waitFor();
    expect(await card.getByRole("button", { name: /Run workflow/ }).isDisabled()).toBe(true);
  });

  it("takes no file that is no workflow", async () => {
    const page = await visit("/workflows", { expects: /400/ });
    await page.getByRole("article").first().waitFor();
    const { total_count: before } = await ask<{ total_count: number }>("/workflows?limit=1");
    await page.setInputFiles("input[type=file]", [
      { name: "binary.yaml", mimeType: "text/yaml", buffer: Buffer.from([0, 1, 2, 255, 254, 10]) },
      { name: "broken.json", mimeType: "application/json", buffer: Buffer.from("[1,2") },
      { name: "empty.yaml", mimeType: "text/yaml", buffer: Buffer.from("") },
    ]);
    await page.getByText("It is no text in UTF-8.").waitFor();
    await page.getByText("It is no workflow: this `[` is not closed").waitFor();
    await page.getByText("It is no workflow: there is nothing in this file").waitFor();
    const { total_count: after } = await ask<{ total_count: number }>("/workflows?limit=1");
    expect(after).toBe(before);
  });

  it("fits a phone", async () => {
    const page = await visit("/workflows", { width: 390, height: 844 });
    await page.getByRole("article").first().waitFor();
    await expectAccessible(page, "library on a phone");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await picture(page, "library-390");
  });
});
