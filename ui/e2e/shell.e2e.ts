import type { Browser, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  example,
  expectAccessible,
  expectNoComplaints,
  openBrowser,
  picture,
  visit as visitServer,
} from "./harness";
import { AWAY, setUp } from "./journey";
import { type Baton, startBaton } from "./server";
import { GATED } from "./workflows";

const { ask, server, start, store, visit } = setUp(async () => {
  await store(await example("minimal.yaml"));
  await store(await example("review-loop.yaml"));
});

describe("the shell", () => {
  it("finds and does by name", async () => {
    const page = await visit("/workflows");
    await page.getByRole("article").first().waitFor();
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Search and do" });
    await palette.getByRole("option", { name: /Review Loop/ }).waitFor();
    await expectAccessible(page, "palette");
    await page.keyboard.type("first");
    await expect.poll(() => palette.getByRole("option", { name: /Review/ }).count()).toBe(0);
    await palette.getByRole("option", { name: /^First Steps/ }).waitFor();
    await picture(page, "palette");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "First Steps" }).waitFor();
  });

  it("goes where two keys say, and lists all keys", async () => {
    const page = await visit("/workflows");
    await page.getByRole("article").first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await expectAccessible(page, "help");
    await picture(page, "help");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    for (const [keys, path] of [
      ["ge", /\/workflows\/executions$/],
      ["gi", /\/inbox$/],
      ["gs", /\/settings$/],
      ["gl", /\/workflows$/],
    ] as const) {
      await page.keyboard.type(keys);
      await page.waitForURL(path);
    }
  });

  it("keeps a theme and a folded sidebar", async () => {
    const page = await visit("/workflows");
    await page.getByRole("button", { name: "Theme: like the system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    await page.keyboard.press("[");
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.getByRole("button", { name: "Unfold the sidebar" }).waitFor();
  });

  it("says that the server is away, and goes on when it is back", async () => {
    const page = await visit("/workflows", { expects: AWAY });
    await page.getByRole("article").first().waitFor();
    await page.getByRole("button", { name: "Tags" }).waitFor();
    await server().kill();
    await page.getByText("The server does not answer.").waitFor({ timeout: 20_000 });
    await expectAccessible(page, "server away");
    await picture(page, "server-away");
    await server().restart();
    await page.getByText("The server is back").waitFor();
    await page.getByText("The server does not answer.").waitFor({ state: "detached" });
    expect(await page.getByRole("article").count()).toBe(2);
  });

  it("asks for a token where one is wanted", async () => {
    const page = await visit("/inbox", { expects: /401/ });
    await page.route("**/api/v1/**", (route) => {
      const known = route.request().headers()["authorization"] === "Bearer secret";
      if (known) return route.continue({ headers: {} });
      const body = { code: "unauthenticated", detail: "nobody knows who is asking" };
      return route.fulfill({ status: 401, json: body });
    });
    await page.reload();
    await page.getByRole("heading", { name: "Sign in to Baton" }).waitFor();
    await expectAccessible(page, "sign in");
    await picture(page, "sign-in");
    await page.getByLabel("Token").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("does not believe").waitFor();
    await page.getByLabel("Token").fill("secret");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Main" }).first().waitFor();
  });

  it("stays where it is when a page cannot be loaded, and goes on when it can", async () => {
    const page = await visit("/settings", { expects: AWAY });
    await page.route("**/executions-page*", (route) => route.abort());
    await page.reload();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await server().kill();
    await page.getByRole("link", { name: "Executions", exact: true }).first().click();
    await page.getByText("The server is not there").waitFor();
    await page.getByText("The server does not answer.").waitFor();
    await expectAccessible(page, "page that is not loaded");
    await page.unroute("**/executions-page*");
    await server().restart();
    await page.getByRole("heading", { name: "Executions", exact: true }).waitFor();
    // A server ends and comes back, and a page is loaded twice.
  }, 120_000);

  it("says so when there is no such page", async () => {
    const page = await visit("/nowhere");
    await page.getByText("There is no such page").waitFor();
    await expectAccessible(page, "no such page");
  });
});

describe("a server on which workflows are switched off", () => {
  let off: Baton;
  let browser: Browser;
  beforeAll(async () => {
    vi.stubEnv("BATON_WORKFLOW_ENGINE_ENABLED", "false");
    off = await startBaton();
    vi.unstubAllEnvs();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await off.stop();
  });

  it("has projects and settings, and nothing that leads nowhere", async () => {
    const visitor = await visitServer(browser, off, "/");
    const { page } = visitor;
    await page.getByText("Workflows are switched off on this server").waitFor();
    const links = page.getByRole("navigation", { name: "Main" }).first().getByRole("link");
    for (const name of ["Inbox", "Library", "Executions"]) {
      expect(await page.getByRole("link", { name, exact: true }).count()).toBe(0);
    }
    expect(await links.count()).toBe(3);
    await expectAccessible(page, "engine off");
    await page.keyboard.press("Control+k");
    await page.getByRole("option", { name: "Go to the settings" }).waitFor();
    for (const name of ["New workflow", /library/, /executions/, /inbox/]) {
      expect(await page.getByRole("option", { name }).count()).toBe(0);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    for (const [keys, heading] of [
      ["gp", "Projects"],
      ["gs", "Settings"],
    ] as const) {
      await page.keyboard.type(keys);
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    }
    await page.getByRole("tab", { name: "Server" }).click();
    await page.getByText("Workflows and executions").waitFor();
    await page.context().close();
    // Nothing was asked for that is not there.
    expectNoComplaints(visitor);
  });
});

describe("many tabs", () => {
  it("all hear of their runs, with four streams between them", async () => {
    const page = await visit("/inbox");
    const streams = new Set<Request>();
    let most = 0;
    const context = page.context();
    context.on("request", (request) => {
      if (!request.url().endsWith("/stream")) return;
      streams.add(request);
      most = Math.max(most, streams.size);
    });
    const forget = (request: Request) => streams.delete(request);
    context.on("requestfinished", forget);
    context.on("requestfailed", forget);
    const tabs = [];
    for (let n = 0; n < 8; n += 1) {
      const run = await start(GATED);
      const tab = await context.newPage();
      await tab.goto(new URL(`/ui/workflows/executions/${run}?view=table`, server().ui).href);
      await tab
        .getByRole("status")
        .getByText(n < 3 ? "Live" : "Polling")
        .waitFor();
      tabs.push({ tab, run });
    }
    expect(most).toBeLessThanOrEqual(4);
    for (const { run } of tabs) await ask(`/workflow-executions/${run}/cancel`, {});
    for (const { tab } of tabs) await tab.getByText("Cancelled").first().waitFor();
    for (const { tab } of tabs) await tab.close();
  }, 120_000);
});
