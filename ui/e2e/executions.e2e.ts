import { describe, expect, it } from "vitest";

import { expectAccessible, picture } from "./harness";
import { setUp } from "./journey";
import { FAILING, SLOW } from "./workflows";

const { start, visit } = setUp(async () => {
  await start(FAILING);
  await start(FAILING);
});

describe("the executions", () => {
  it("are found, marked and cancelled together by keyboard", async () => {
    await start(SLOW);
    const page = await visit("/workflows/executions");
    const rows = page.getByRole("list", { name: "Executions" }).getByRole("listitem");
    await rows.nth(2).waitFor();
    await expectAccessible(page, "executions");
    await picture(page, "executions");
    await page.keyboard.press("/");
    await page.keyboard.type("slow");
    await page.waitForURL(/search=slow/);
    await page.getByLabel("State").selectOption("running");
    await page.waitForURL(/status=running/);
    await expect.poll(() => rows.count()).toBe(1);
    // What the last search found stays, dimmed, until there is an answer to this one.
    await page.locator("ul[aria-label='Executions'][aria-busy='false']").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("h1").click();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByRole("toolbar").getByRole("button", { name: "Cancel" }).press("Enter");
    await expectAccessible(page, "cancel runs");
    await page.getByRole("button", { name: "Cancel the runs" }).press("Enter");
    await page.getByText("Nothing fits").waitFor();
    await expectAccessible(page, "executions without a match");
  });
});
