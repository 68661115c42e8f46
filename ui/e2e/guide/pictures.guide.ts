// The pictures of docs/ui: each page in both themes, on a desk and on a phone.

import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, it } from "vitest";

import { type Theme } from "../harness";
import { setUp } from "../journey";
import { makeProjectDirectory, type ProjectDirectory, settle } from "../landscape";
import { AGENTS } from "../server";
import { shrink } from "./png";

const PICTURES = resolve(import.meta.dirname, "../../../docs/ui/pictures");
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const THEMES: readonly Theme[] = ["light", "dark"];

const { ask, server, start, store, visit } = setUp();
let ids: Awaited<ReturnType<typeof settle>>;
let directory: ProjectDirectory;

beforeAll(async () => {
  directory = await makeProjectDirectory();
  ids = await settle({ ask, start, store }, directory.path);
  await mkdir(PICTURES, { recursive: true });
});
afterAll(() => directory.remove());

const run = (id: string, search: string) => `/workflows/executions/${id}?${search}`;

const PAGES: { name: string; path: () => string; ready: (page: Page) => Promise<unknown> }[] = [
  {
    name: "library",
    path: () => "/workflows?view=grid",
    ready: (page) => page.getByRole("article", { name: "Review Loop" }).waitFor(),
  },
  {
    name: "workflow",
    path: () => `/workflows/${ids.workflow}?stage=draft`,
    // Phones begin with the list.
    ready: (page) => page.locator(".react-flow__node, [aria-label='Stages']").first().waitFor(),
  },
  {
    name: "editor",
    path: () => `/workflows/${ids.workflow}?tab=yaml`,
    ready: (page) => page.getByText("No problems").waitFor(),
  },
  {
    name: "run-dialog",
    path: () => `/workflows/${ids.workflow}?run=open`,
    ready: async (page) => {
      await page.getByRole("dialog").getByRole("textbox").first().fill("migrating birds");
      await page
        .getByRole("dialog")
        .getByText(/stages$/)
        .last()
        .waitFor();
    },
  },
  {
    name: "dashboard",
    path: () => run(ids.gated, "view=graph"),
    ready: (page) => page.getByRole("button", { name: "Approve" }).waitFor(),
  },
  {
    name: "timeline",
    path: () => run(ids.failed, "view=timeline"),
    ready: (page) => page.getByRole("region", { name: "Failure" }).waitFor(),
  },
  {
    name: "log",
    path: () => run(ids.talking, "view=log"),
    ready: async (page) => {
      await page.getByLabel("Search in the log").fill("line 29");
      await page.getByText(/^1 of/).waitFor();
    },
  },
  {
    name: "executions",
    path: () => "/workflows/executions",
    ready: (page) => page.getByRole("list", { name: "Executions" }).waitFor(),
  },
  {
    name: "inbox",
    path: () => `/inbox?item=${ids.asking}:draft`,
    ready: (page) => page.getByRole("radio").first().waitFor(),
  },
  {
    name: "projects",
    path: () => "/projects",
    ready: (page) => page.getByRole("list", { name: "Projects" }).waitFor(),
  },
  {
    name: "skills",
    path: () => `/projects/${ids.project}?tab=skills`,
    ready: (page) => page.getByRole("list", { name: "Skills" }).waitFor(),
  },
  {
    name: "settings",
    path: () => "/settings?tab=tokens",
    ready: (page) => page.getByRole("list", { name: "Tokens" }).waitFor(),
  },
  {
    name: "palette",
    path: () => "/workflows?view=grid",
    ready: async (page) => {
      await page.getByRole("article").first().waitFor();
      await page.keyboard.press("Control+k");
      await page
        .getByRole("option", { name: /Review Loop/ })
        .first()
        .waitFor();
    },
  },
  {
    name: "keys",
    path: () => "/workflows?view=grid",
    ready: async (page) => {
      await page.getByRole("article").first().waitFor();
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys" }).waitFor();
    },
  },
];

/** Paths as they would be at somebody's home, not those of this journey. */
async function tellHome(route: Route): Promise<void> {
  const answer = await route.fetch();
  const text = await answer.text();
  const told = text
    .replaceAll(directory.path, "/home/me/field-guide")
    .replaceAll(AGENTS, "/home/me/baton.toml");
  await route.fulfill({ response: answer, body: told });
}

it.each(PAGES)("takes a picture of $name", async ({ name, path, ready }) => {
  for (const size of SIZES) {
    for (const theme of THEMES) {
      const page = await visit("/settings", { theme, ...size });
      await page.route(/\/api\/v1\/(projects|agents)/, tellHome);
      await page.goto(`${server().ui}${path()}`);
      await ready(page);
      // Fonts and pictures come a moment later.
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(400);
      const file = `${name}-${theme}-${size.width}.png`;
      await writeFile(join(PICTURES, file), shrink(await page.screenshot()));
    }
  }
});
