// A browser, pages that must not complain, and what all journeys need.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

import type { Baton } from "./server";

const ROOT = resolve(import.meta.dirname, "../..");
export const SHOTS = join(import.meta.dirname, "shots");

export type Theme = "light" | "dark";

export interface PageOptions {
  theme?: Theme;
  width?: number;
  height?: number;
}

export async function openBrowser(...flags: string[]): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...flags] });
}

/** Pages whose complaints are told when they are asked for. */
export interface Visitor {
  page: Page;
  /** What the console and the page have complained of. */
  complaints: string[];
}

export async function visit(
  browser: Browser,
  baton: Baton,
  path: string,
  { theme = "light", width = 1440, height = 900 }: PageOptions = {},
): Promise<Visitor> {
  const narrow = width < 640;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    hasTouch: narrow,
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const own = new URL(baton.ui).origin;
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== own) complaints.push(`asked ${origin}`);
  });
  await page.goto(`${baton.ui}${path}`);
  return { page, complaints };
}

/** Nothing was complained of but what the journey is about. */
export function expectNoComplaints({ complaints }: Visitor, expects?: RegExp): void {
  expect(complaints.filter((one) => expects?.test(one) !== true)).toEqual([]);
}

/** Has axe look at the page in both themes. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const { violations } = await new AxeBuilder({ page })
      // Behind a dialog nothing is for anybody. What speaks by itself is left out of
      // that, so it is not always the whole page that is marked.
      .exclude("[data-aria-hidden='true']")
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"])
      .analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
    expect(found, `${name}, ${theme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** Takes pictures of a page for the eyes of people. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env["BATON_SHOTS"] === undefined) return;
  // The colours of the last theme fade.
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

export function example(name: string): Promise<string> {
  return readFile(join(ROOT, "examples", name), "utf8");
}

/** Asks the API directly, to prepare what a journey needs. */
export async function ask<T>(
  baton: Baton,
  path: string,
  body?: unknown,
  method = body === undefined ? "GET" : "POST",
): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json" };
  }
  const answer = await fetch(`${baton.api}${path}`, init);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  // What was deleted has nothing more to say.
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}
