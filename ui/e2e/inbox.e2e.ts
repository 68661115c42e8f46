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
    // What was decided stays where it was, and has the focus.
    await page.locator("#item p:focus", { hasText: /^Approved/ }).waitFor();
    await expectAccessible(page, "inbox, all decided");
    await expect.poll(() => page.title()).toBe("Inbox · Baton");
    expect(["running", "completed"]).toContain(await stateOf(id));
  });

  it("is decided and answered by keyboard alone", async () => {
    const approved = await start(GATED);
    const page = await visit("/inbox");
    const item = (name: string) => page.getByRole("region", { name, exact: true });
    const goOn = async (name: string) => {
      await page.getByRole("button", { name: `Next: ${name}` }).waitFor();
      await page.keyboard.press("n");
      await item(name).getByRole("heading", { name }).and(page.locator(":focus")).waitFor();
    };
    await item("Agree to it").waitFor();
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing waits for you").waitFor();

    const rejected = await start(GATED);
    await goOn("Agree to it");
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
    await goOn("Write the draft");
    await page.keyboard.press("f");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await goOn("Review the draft");

    await expect.poll(() => stateOf(approved)).toBe("completed");
    await expect.poll(() => stateOf(rejected)).toBe("failed");
    expect(await stateOf(asking)).toBe("waiting_for_approval");
    await ask(`/workflow-executions/${asking}/cancel`, {});
  });

  it("decides one gate by a double click, however fast the next one is there", async () => {
    const runs = [await start(GATED), await start(GATED)];
    const page = await visit("/inbox");
    for (const gap of [80, 400]) {
      const box = await page.getByRole("button", { name: "Approve" }).boundingBox();
      const { x, y } = box ?? { x: 0, y: 0 };
      await page.mouse.click(x + 20, y + 10);
      await page.waitForTimeout(gap);
      await page.mouse.click(x + 20, y + 10);
      await page
        .getByText(/^Approved/)
        .first()
        .waitFor();
      const states = await Promise.all(runs.map(stateOf));
      const waiting = states.filter((state) => state === "waiting_for_approval");
      expect(waiting).toHaveLength(gap === 80 ? 1 : 0);
      if (waiting.length > 0) await page.getByRole("button", { name: "Next: Agree to it" }).click();
    }
  });

  it("says that somebody else has answered, and lets nothing slip under the pointer", async () => {
    const mine = await start(GATED);
    await start(GATED);
    const page = await visit(`/inbox?item=${mine}:agree`);
    await page.getByLabel("Reason").fill("Too early.");
    await ask(`/workflow-executions/${mine}/gates/agree/approve`, {});
    await page.locator("#item p:focus", { hasText: /^Approved/ }).waitFor();
    expect(await page.getByRole("button", { name: "Reject" }).count()).toBe(0);
    expect(page.url()).toContain(mine);
  });
});
