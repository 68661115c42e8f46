// Every page in every state and look: everything is operated by mouse, finger or
// keyboard, and nothing may complain, be cut, or be out of reach.
//
// BATON_LOOK and BATON_STATE cut it down to those whose name they fit.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openBrowser, SHOTS, visit } from "../harness";
import { BROWSER_FLAGS } from "./controls";
import { Land } from "./land";
import { LookReport, summary } from "./report";
import { statesOf } from "./states";
import { type Look, Walk } from "./walk";
import { Watch } from "./watch";

const DESK = { width: 1440, height: 900, hand: "mouse", tabs: false, thorough: false } as const;
const TABLET = { width: 768, height: 1024, hand: "mouse", tabs: false, thorough: false } as const;
const PHONE = { width: 390, height: 844, hand: "finger", tabs: false, thorough: false } as const;

const LOOKS: readonly Look[] = [
  { name: "keyboard 1440", theme: "light", ...DESK, hand: "keyboard", tabs: true },
  { name: "light 1440", theme: "light", ...DESK, thorough: true },
  { name: "dark 1440", theme: "dark", ...DESK },
  { name: "light 768", theme: "light", ...TABLET },
  { name: "dark 768", theme: "dark", ...TABLET },
  { name: "light 390", theme: "light", ...PHONE, thorough: true },
  { name: "dark 390", theme: "dark", ...PHONE },
];

const fits = (variable: string, name: string) => new RegExp(process.env[variable] ?? "").test(name);

let browser: Browser;
const reports: LookReport[] = [];

beforeAll(async () => {
  await mkdir(join(SHOTS, "looks"), { recursive: true });
  browser = await openBrowser(...BROWSER_FLAGS);
});
afterAll(async () => {
  await browser.close();
  process.stdout.write(summary(reports));
});

describe("every page", () => {
  it.concurrent.each(LOOKS.filter(({ name }) => fits("BATON_LOOK", name)))(
    "works in the look $name",
    async (look) => {
      const report = new LookReport(look.name);
      reports.push(report);
      const land = await Land.settle();
      try {
        const visitor = await visit(browser, land.baton, "/settings", look);
        // What a browser remembers is not there when a page is loaded.
        await visitor.page.addInitScript(() => {
          if (!location.protocol.startsWith("http")) return;
          localStorage.clear();
          sessionStorage.clear();
        });
        // What is named for aids is worked out once, and not for each question anew.
        const session = await visitor.page.context().newCDPSession(visitor.page);
        await session.send("Accessibility.enable");
        const walk = new Walk(look, land, new Watch(visitor), report);
        for (const state of await statesOf(land, look.thorough)) {
          if (!fits("BATON_STATE", state.name)) continue;
          // The next states are worth a look, too.
          await walk.visit(state).catch((error: unknown) => {
            report.blame(state.name, "", `cannot be gone through: ${String(error)}`);
          });
        }
        await visitor.page.context().close();
      } finally {
        report.end();
        await land.leave();
      }
      expect(report.faults).toEqual([]);
    },
  );
});
