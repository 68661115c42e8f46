import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  ask,
  example,
  expectAccessible,
  expectNoComplaints,
  openBrowser,
  picture,
  store,
  visit,
} from "./harness";
import { type Baton, startBaton } from "./server";

let baton: Baton;
let browser: Browser;

beforeAll(async () => {
  baton = await startBaton();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await baton.stop();
});

const FAILING = `
workflow: { id: nightly, name: Nightly migration, version: "1.0.0" }
stages:
  - { id: prepare, name: Prepare, roles: { primary: { artifact: "agent:writer" } }, outputs: { plan: { type: string } } }
  - id: migrate
    name: Migrate the tables
    depends_on: [prepare]
    roles: { primary: { artifact: "agent:broken" } }
    outputs: { ok: { type: boolean } }
    error_policy: { retry: { max_attempts: 2, initial_interval: "1s" } }
`;

const GATED = `
workflow: { id: gated, name: Gated release, version: "1.0.0" }
stages:
  - { id: build, name: Build it, roles: { primary: { artifact: "agent:writer" } }, outputs: { text: { type: string } } }
  - { id: agree, name: Agree to it, type: gate, depends_on: [build], gate: { message: "Release it?", timeout: "2h" } }
  - { id: release, name: Release it, depends_on: [agree], roles: { primary: { artifact: "agent:writer" } }, outputs: { text: { type: string } } }
`;

const SLOW = `
workflow: { id: slow, name: Slow work, version: "1.0.0" }
stages:
  - { id: work, name: Work slowly, roles: { primary: { artifact: "agent:slow" } }, outputs: { text: { type: string } } }
`;

const stored = new Map<string, string>();

/** Stores a workflow once, starts it, and gives back the id of the run. */
async function start(text: string, parameters: Record<string, unknown> = {}): Promise<string> {
  const workflow = stored.get(text) ?? (await store(baton, text));
  stored.set(text, workflow);
  const { id } = await ask<{ id: string }>(baton, `/workflows/${workflow}/run`, { parameters });
  return id;
}

const dashboard = (id: string) => `/workflows/executions/${id}`;

/** The state that the head of the page names. */
function state(page: Page, label: string) {
  return page.locator("main > header").getByText(`Status: ${label}`, { exact: true });
}

describe("the dashboard of a run", () => {
  it("is watched, answered, sent back and approved by keyboard alone", async () => {
    const id = await start(await example("review-loop.yaml"), { topic: "migrating birds" });
    const visitor = await visit(browser, baton, dashboard(id));
    const { page } = visitor;
    await state(page, "Waiting for an answer").waitFor();
    await page.getByRole("status").getByText("Live").waitFor();
    await expectAccessible(page, "run with a question");
    await picture(page, "run-question");
    await answer(page);
    await state(page, "Waiting for approval").waitFor();
    await expectAccessible(page, "run with a gate");
    await picture(page, "run-gate");

    await page.getByRole("button", { name: "Send back…" }).press("Enter");
    await page.getByRole("dialog").getByLabel("Which stage").selectOption("Write the draft");
    await page.getByLabel("What should be different").fill("Half as long.");
    await expectAccessible(page, "send back");
    await page.getByRole("dialog").getByRole("button", { name: "Send back" }).press("Enter");
    await state(page, "Waiting for an answer").waitFor();
    await answer(page);
    await state(page, "Waiting for approval").waitFor();

    // A rejection needs a reason, and one key decides nothing.
    await page.getByRole("heading", { name: "Review the draft" }).waitFor();
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    await page.getByText("Say why").waitFor();
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Approve" }).press("Enter");
    await state(page, "Completed").waitFor();
    await page.getByText("Run completed").waitFor();
    expectNoComplaints(visitor);
    await page.context().close();
  });

  it("shows a failure from every side, and is repeated from there", async () => {
    const id = await start(FAILING);
    const visitor = await visit(browser, baton, dashboard(id));
    const { page } = visitor;
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
    await page.waitForURL((url) => !url.pathname.includes(id));
    await state(page, "Failed").waitFor();
    await page.getByText("repeats").waitFor();
    expectNoComplaints(visitor);
    await page.context().close();
  });

  it("pauses, resumes and cancels", async () => {
    const id = await start(SLOW);
    const visitor = await visit(browser, baton, dashboard(id));
    const { page } = visitor;
    await state(page, "Running").waitFor();
    await page.keyboard.press("p");
    await state(page, "Paused").waitFor();
    await expectAccessible(page, "paused run");
    await page.keyboard.press("p");
    await state(page, "Running").waitFor();
    await page.keyboard.press("Shift+C");
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page, "cancel a run");
    await page.getByRole("button", { name: "Cancel the run" }).press("Enter");
    await state(page, "Cancelled").waitFor();
    expectNoComplaints(visitor);
    await page.context().close();
  });

  it("takes back what the server refuses", async () => {
    const id = await start(SLOW);
    const { page } = await visit(browser, baton, dashboard(id));
    await state(page, "Running").waitFor();
    await page.route("**/pause", (route) => route.abort());
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await page.getByText("Not paused").waitFor();
    await state(page, "Running").waitFor();
    await page.context().close();
    await ask(baton, `/workflow-executions/${id}/cancel`, {});
  });

  it("goes on where it was when its server comes back", async () => {
    const id = await start(GATED);
    const visitor = await visit(browser, baton, dashboard(id));
    const { page } = visitor;
    await state(page, "Waiting for approval").waitFor();
    await page.getByRole("button", { name: /Agree to it, / }).waitFor();
    await baton.kill();
    await page.getByText("The server does not answer.").waitFor();
    await expectAccessible(page, "server away");
    await baton.restart();
    await page.getByText("The server is back").waitFor();
    await page.getByRole("status").getByText("Live").waitFor({ timeout: 20_000 });
    await page.getByRole("button", { name: "Approve" }).press("Enter");
    await state(page, "Completed").waitFor();
    expectNoComplaints(visitor, true);
    await page.context().close();
  });

  it("asks every half minute when its stream is blocked", async () => {
    const id = await start(GATED);
    const { page } = await visit(browser, baton, "/settings");
    await page.clock.install();
    await page.route("**/stream**", (route) => route.abort());
    await page.goto(`${baton.ui}${dashboard(id)}`);
    await state(page, "Waiting for approval").waitFor();
    const mark = page.getByRole("status").getByText("Polling");
    for (let minute = 0; minute < 4 && (await mark.count()) === 0; minute += 1) {
      await page.clock.runFor(20_000);
    }
    await mark.waitFor();
    await ask(baton, `/workflow-executions/${id}/gates/agree/approve`, {});
    for (let turn = 0; turn < 4 && (await state(page, "Completed").count()) === 0; turn += 1) {
      await page.clock.runFor(31_000);
    }
    await state(page, "Completed").waitFor();
    await page.context().close();
  });

  it("fits a phone", async () => {
    const id = await start(GATED);
    const visitor = await visit(browser, baton, dashboard(id), { width: 390, height: 844 });
    const { page } = visitor;
    await state(page, "Waiting for approval").waitFor();
    await expectAccessible(page, "run on a phone");
    await picture(page, "run-phone");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await page.getByRole("button", { name: "What to do with the run" }).click();
    await page.getByRole("menuitem", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await state(page, "Cancelled").waitFor();
    expectNoComplaints(visitor);
    await page.context().close();
  });
});

async function answer(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "plain" }).press("Space");
  await page.getByRole("button", { name: "Send the answer" }).press("Enter");
}

describe("the inbox", () => {
  it("counts, leads through what waits, and is empty afterwards", async () => {
    const id = await start(GATED);
    const visitor = await visit(browser, baton, "/inbox");
    const { page } = visitor;
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
    const { status } = await ask<{ status: string }>(baton, `/workflow-executions/${id}`);
    expect(["running", "completed"]).toContain(status);
    expectNoComplaints(visitor);
    await page.context().close();
  });
});

describe("the executions", () => {
  it("are found, marked and cancelled together by keyboard", async () => {
    await start(SLOW);
    const visitor = await visit(browser, baton, "/workflows/executions");
    const { page } = visitor;
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
    await page.keyboard.press("Escape");
    await page.locator("h1").click();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByRole("toolbar").getByRole("button", { name: "Cancel" }).press("Enter");
    await expectAccessible(page, "cancel runs");
    await page.getByRole("button", { name: "Cancel the runs" }).press("Enter");
    await page.getByText("Nothing fits").waitFor();
    await expectAccessible(page, "executions without a match");
    expectNoComplaints(visitor);
    await page.context().close();
  });
});

describe("the settings", () => {
  it("show agents and the server, and make a token that is shown once", async () => {
    const visitor = await visit(browser, baton, "/settings");
    const { page } = visitor;
    for (const tab of ["Agents", "Server", "General", "Tokens"]) {
      await page.getByRole("tab", { name: tab }).click();
      await expectAccessible(page, `settings, ${tab}`);
    }
    await page.getByRole("button", { name: "New token" }).press("Enter");
    await page.getByLabel("Name").fill("ci");
    await expectAccessible(page, "new token");
    await page.keyboard.press("Enter");
    await page.getByText("It is shown this once").waitFor();
    await page.getByRole("button", { name: "I have kept it" }).press("Enter");
    await page.getByRole("list", { name: "Tokens" }).getByText("ci").waitFor();
    await expectAccessible(page, "tokens");
    await page.getByRole("button", { name: "Revoke ci" }).press("Enter");
    await page.getByRole("button", { name: "Revoke it" }).press("Enter");
    await page.getByText("No tokens").waitFor();
    expectNoComplaints(visitor);
    await page.context().close();
  });
});
