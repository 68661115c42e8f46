import { describe, expect, it } from "vitest";

import { example, expectAccessible, picture } from "./harness";
import { setUp } from "./journey";
import { GATED } from "./workflows";

const { ask, start, visit } = setUp();

async function stateOf(run: string): Promise<string> {
  const { status } = await ask<{ status: string }>(`/workflow-executions/${run}`);
  return status;
}

describe("the inbox", () => {
  it("counts, leads through what waits, and is empty afterwards", async () => {
    const id = await start(GATED);
    const page = await visit("/inbox");
    await page
      .getByRole("form")
      .or(page.getByRole("region", { name: /Decide/ }))
      .first()
      .waitFor();
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) Inbox/);
    await expectAccessible(page, "inbox");
    await picture(page, "inbox");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing waits for you").waitFor();
    await expectAccessible(page, "empty inbox");
    await expect.poll(() => page.title()).toBe("Inbox · Baton");
    expect(["running", "completed"]).toContain(await stateOf(id));
  });

  it("is decided and answered by keyboard alone", async () => {
    const approved = await start(GATED);
    const page = await visit("/inbox");
    const item = (name: string) => page.getByRole("region", { name, exact: true });
    await item("Agree to it").waitFor();
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing waits for you").waitFor();

    const rejected = await start(GATED);
    await item("Agree to it").waitFor();
    // A rejection wants a reason, and leads to where it is written.
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    await page.getByText("Say why").waitFor();
    await page.keyboard.type("Too early.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing waits for you").waitFor();

    const asking = await start(await example("review-loop.yaml"), { topic: "migrating birds" });
    await item("Write the draft").waitFor();
    await page.keyboard.press("f");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await item("Review the draft").waitFor();

    await expect.poll(() => stateOf(approved)).toBe("completed");
    await expect.poll(() => stateOf(rejected)).toBe("failed");
    expect(await stateOf(asking)).toBe("waiting_for_approval");
  });
});
