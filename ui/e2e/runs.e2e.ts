import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { example, expectAccessible, picture } from "./harness";
import { AWAY, setUp } from "./journey";
import { FAILING, GATED, SLOW, STEADY } from "./workflows";

const { ask, server, start, visit } = setUp();

const dashboard = (id: string) => `/workflows/executions/${id}`;

/** The state that the head of the page names. */
function state(page: Page, label: string) {
  return page.locator("main > header").getByText(`Status: ${label}`, { exact: true });
}

/** Adds to what the editor has, at its end. */
async function write(page: Page, text: string) {
  await page.locator("[data-editor] .cm-content").focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(text);
}

describe("the dashboard of a run", () => {
  it("is watched, answered, sent back and approved by keyboard alone", async () => {
    const id = await start(await example("review-loop.yaml"), { topic: "migrating birds" });
    const page = await visit(dashboard(id));
    await state(page, "Waiting for an answer").waitFor();
    await page.getByRole("status").getByText("Live").waitFor();
    await expectAccessible(page, "run with a question");
    await picture(page, "run-question");
    await answer(page);
    await state(page, "Waiting for approval").waitFor();
    await goOn(page, "Review the draft");
    await expectAccessible(page, "run with a gate");
    await picture(page, "run-gate");

    await page.getByRole("button", { name: "Send back…" }).press("Enter");
    await page.getByRole("dialog").getByLabel("Which stage").selectOption("Write the draft");
    await page.getByLabel("What should be different").fill("Half as long.");
    await expectAccessible(page, "send back");
    await page.getByRole("dialog").getByRole("button", { name: "Send back" }).press("Enter");
    await state(page, "Waiting for an answer").waitFor();
    await goOn(page, "Write the draft");
    await answer(page);
    await state(page, "Waiting for approval").waitFor();
    await goOn(page, "Review the draft");

    // A rejection needs a reason, and one key decides nothing.
    await page.getByRole("heading", { name: "Review the draft" }).waitFor();
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    await page.getByText("Say why").waitFor();
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Approve" }).press("Enter");
    await state(page, "Completed").waitFor();
    await page.getByText("Run completed").waitFor();
  });

  it("shows a failure from every side, and is repeated from there", async () => {
    const id = await start(FAILING);
    const page = await visit(dashboard(id));
    await state(page, "Failed").waitFor();
    await page.getByRole("region", { name: "Failure" }).waitFor();
    await expectAccessible(page, "failed run, graph");
    for (const view of ["Timeline", "Table", "Log", "About"]) {
      await page.getByRole("radio", { name: view }).click();
      await page.waitForURL(new RegExp(`view=${view.toLowerCase()}`));
      await page.waitForTimeout(200);
      await expectAccessible(page, `failed run, ${view}`);
      await picture(page, `run-${view.toLowerCase()}`);
    }
    await page.getByRole("radio", { name: "Timeline" }).click();
    for (const tab of ["Log", "Attempts", "Events", "Summary"]) {
      await page.getByRole("tab", { name: tab }).click();
      await expectAccessible(page, `failed stage, ${tab}`);
    }
    await page.getByRole("tab", { name: "Attempts" }).click();
    expect(
      await page
        .getByRole("list", { name: "Attempts" })
        .getByText("Attempt 2", { exact: true })
        .count(),
    ).toBe(1);
    await page.keyboard.press("k");
    await page.getByRole("heading", { name: "Prepare" }).waitFor();
    await page.keyboard.press("j");
    await page.getByRole("heading", { name: "Migrate the tables" }).waitFor();

    await page.getByRole("button", { name: "Re-run from here" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Re-run" }).press("Enter");
    await page.waitForURL((url) => !url.pathname.includes(id));
    await state(page, "Failed").waitFor();
    await page.getByText("repeats").waitFor();
  });

  it("pauses, resumes and cancels", async () => {
    const id = await start(SLOW);
    const page = await visit(dashboard(id));
    await state(page, "Running").waitFor();
    await page.keyboard.press("p");
    await state(page, "Paused").waitFor();
    await expectAccessible(page, "paused run");
    // What has only now become another control does not take the second press of two.
    const resumed = async () => {
      await page.keyboard.press("p");
      return state(page, "Running").count();
    };
    await expect.poll(resumed).toBe(1);
    await page.keyboard.press("Shift+C");
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page, "cancel a run");
    await page.getByRole("button", { name: "Cancel the run" }).press("Enter");
    await state(page, "Cancelled").waitFor();
  });

  it("goes on without a stage that is left out", async () => {
    const id = await start(GATED);
    const page = await visit(`${dashboard(id)}?stage=release`);
    await state(page, "Waiting for approval").waitFor();
    await page.getByRole("button", { name: "Leave out…" }).press("Enter");
    await page.getByLabel("Reason").fill("Not this time.");
    await expectAccessible(page, "leave out a stage");
    await page.keyboard.press("Enter");
    await page.getByText("1 of 2 stages complete").waitFor();
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    await state(page, "Completed").waitFor();
  });

  it("goes on with a stage that is changed and one that is inserted", async () => {
    const id = await start(GATED);
    const page = await visit(`${dashboard(id)}?stage=release&view=table`);
    await state(page, "Waiting for approval").waitFor();
    await page.getByRole("button", { name: "Change…" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("No problems").waitFor();
    await write(page, "condition: nonsense(1)\n");
    await dialog.getByRole("list", { name: "Problems" }).getByText("nonsense").waitFor();
    await expectAccessible(page, "a stage that is changed");
    await picture(page, "change-stage");
    await page.keyboard.press("Control+Z");
    await write(page, "condition: stages.build.outputs.text == 'no'\n");
    await dialog.getByText("No problems").waitFor();
    await dialog.getByRole("radio", { name: "Changes" }).press("Enter");
    await dialog.getByText("condition: stages.build.outputs.text == 'no'").waitFor();
    await expectAccessible(page, "what is different in a stage");
    await dialog.getByLabel("Reason").fill("Nobody is to see it yet.");
    await dialog.getByRole("button", { name: "Change it" }).press("Enter");
    await page.getByText("Changed: Release it").waitFor();

    await page.getByRole("button", { name: "Insert a stage after this one" }).press("Enter");
    await dialog.getByText("No problems").waitFor();
    await dialog.getByRole("button", { name: "Insert it" }).press("Enter");
    await page.getByText("Inserted after: Release it").waitFor();
    await page.getByText("1 of 4 stages complete").waitFor();
    await ask(`/workflow-executions/${id}/gates/agree/approve`, {});
    await state(page, "Completed").waitFor();
    await page.getByRole("radio", { name: "About" }).click();
    await page.getByText("update release · by local · Nobody is to see it yet.").waitFor();
  });

  it("takes back what the server refuses", async () => {
    const id = await start(SLOW);
    const page = await visit(dashboard(id), { expects: AWAY });
    await state(page, "Running").waitFor();
    await page.route("**/pause", (route) => route.abort());
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await page.getByText("Not paused").waitFor();
    await state(page, "Running").waitFor();
    await ask(`/workflow-executions/${id}/cancel`, {});
  });

  it("goes on where it was when its server comes back", async () => {
    const id = await start(GATED);
    const page = await visit(dashboard(id), { expects: AWAY });
    await state(page, "Waiting for approval").waitFor();
    await page.getByRole("button", { name: /Agree to it, / }).waitFor();
    await server().kill();
    await page.getByText("The server does not answer.").waitFor();
    await expectAccessible(page, "server away");
    await server().restart();
    await page.getByText("The server is back").waitFor();
    await page.getByRole("status").getByText("Live").waitFor({ timeout: 20_000 });
    await page.getByRole("button", { name: "Approve" }).press("Enter");
    await state(page, "Completed").waitFor();
  });

  it("is worked on to its end when its server is killed in the middle", async () => {
    const id = await start(STEADY);
    const page = await visit(dashboard(id), { expects: AWAY });
    await page.getByRole("button", { name: "The first part, Running" }).waitFor();
    await server().kill();
    await page.getByText("The server does not answer.").waitFor();
    await server().restart();
    await page.getByText("The server is back").waitFor();
    await state(page, "Completed").waitFor({ timeout: 30_000 });
    await page.getByText("2 of 2 stages complete").waitFor();
    // What was at work when it was killed is told, too.
    await page.getByRole("button", { name: "The first part, Completed" }).click();
    await page.getByRole("tab", { name: "Events" }).click();
    await page.getByRole("list", { name: "Events" }).getByText("Completed").waitFor();
  });

  it("asks every half minute when its stream is blocked", async () => {
    const id = await start(GATED);
    const page = await visit("/settings", { expects: AWAY });
    await page.clock.install();
    await page.route("**/stream**", (route) => route.abort());
    await page.goto(`${server().ui}${dashboard(id)}`);
    await state(page, "Waiting for approval").waitFor();
    const mark = page.getByRole("status").getByText("Polling");
    for (let minute = 0; minute < 4 && (await mark.count()) === 0; minute += 1) {
      await page.clock.runFor(20_000);
    }
    await mark.waitFor();
    await ask(`/workflow-executions/${id}/gates/agree/approve`, {});
    for (let turn = 0; turn < 4 && (await state(page, "Completed").count()) === 0; turn += 1) {
      await page.clock.runFor(31_000);
    }
    await state(page, "Completed").waitFor();
  });

  it("fits a phone", async () => {
    const id = await start(GATED);
    const page = await visit(dashboard(id), { width: 390, height: 844 });
    await state(page, "Waiting for approval").waitFor();
    await expectAccessible(page, "run on a phone");
    await picture(page, "run-phone");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await page.getByRole("button", { name: "What to do with the run" }).click();
    await page.getByRole("menu", { name: "What to do with the run" }).waitFor();
    await expectAccessible(page, "menu on a phone");
    await page.getByRole("menuitem", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await state(page, "Cancelled").waitFor();
  });
});

/** What was answered stays in sight until somebody goes on. */
async function goOn(page: Page, stage: string): Promise<void> {
  await page.getByRole("button", { name: `Next: ${stage}` }).waitFor();
  await page.keyboard.press("n");
  await page.getByRole("heading", { name: stage }).and(page.locator(":focus")).waitFor();
}

async function answer(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "plain" }).press("Space");
  await page.getByRole("button", { name: "Send the answer" }).press("Enter");
}
