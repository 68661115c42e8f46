// What every file of journeys has: a server, a browser, and pages that close
// behind each journey and must not have complained.

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";

import {
  ask,
  expectNoComplaints,
  openBrowser,
  type PageOptions,
  visit,
  type Visitor,
} from "./harness";
import { type Baton, startBaton } from "./server";

/** What was stored or started. */
interface Made {
  id: string;
}

export interface JourneyOptions extends PageOptions {
  /** What the page may complain of, because the journey is about it. */
  expects?: RegExp;
}

/** What a page says while its server is away. */
export const AWAY = /Failed to load resource|net::ERR_/;

/** Begins a file of journeys; `prepare` is done once, when the server is there. */
export function setUp(prepare?: () => Promise<void>) {
  let baton: Baton;
  let browser: Browser;
  const visitors: { visitor: Visitor; expects: RegExp | undefined }[] = [];
  const stored = new Map<string, Promise<string>>();

  beforeAll(async () => {
    baton = await startBaton();
    browser = await openBrowser();
    await prepare?.();
  });
  afterEach(async () => {
    const seen = visitors.splice(0);
    for (const { visitor } of seen) await visitor.page.context().close();
    // A journey that failed in the middle leaves the next ones a server.
    if (!baton.isRunning()) await baton.restart();
    for (const { visitor, expects } of seen) expectNoComplaints(visitor, expects);
  });
  afterAll(async () => {
    await browser.close();
    await baton.stop();
  });

  const askServer = <T>(path: string, body?: unknown, method?: string) =>
    ask<T>(baton, path, body, method);
  /** Stores a workflow, each text once, and gives back its id. */
  const store = (text: string): Promise<string> => {
    const known = stored.get(text);
    if (known !== undefined) return known;
    const made = askServer<Made>("/workflows", { yaml_content: text }).then(({ id }) => id);
    stored.set(text, made);
    return made;
  };
  return {
    /** Where the server is, and ways to have it end as in a crash. */
    server: () => baton,
    /** Asks the API directly, to prepare what a journey needs. */
    ask: askServer,
    store,
    /** Starts a run of a workflow, and gives back its id. */
    start: async (text: string, parameters: Record<string, unknown> = {}) => {
      const workflow = await store(text);
      const { id } = await askServer<Made>(`/workflows/${workflow}/run`, { parameters });
      return id;
    },
    /** Opens a page that nobody has been to. */
    visit: async (path: string, { expects, ...options }: JourneyOptions = {}): Promise<Page> => {
      const visitor = await visit(browser, baton, path, options);
      visitors.push({ visitor, expects });
      return visitor.page;
    },
  };
}
