// What only a browser shows: how large things are for a finger, what is left where
// colours are forced, what comes on paper, and what becomes of much on little room.

import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { measureReach } from "./crawl/sight";
import { expectAccessible, picture } from "./harness";
import { setUp } from "./journey";
import { BRIEF, meshOf } from "./measures/workflows";
import { FAILING, GATED, SLOW } from "./workflows";

/** The guide of WCAG; half a pixel at each side is a line between two. */
const FINGER = 44;
const TOLERANCE = 1;
const PHONE = { width: 390, height: 844 };
const MANY = 4_000;

/** So many stages, all of which wait for a person first. */
function manyStages(count: number): string {
  const stages = meshOf(count).map(({ id, dependsOn }) => {
    const after = dependsOn.length === 0 ? "agree" : dependsOn.join(", ");
    const who = 'roles: { primary: { artifact: "agent:instant" } }';
    return `  - { id: ${id}, name: Stage ${id.slice(1)}, depends_on: [${after}], ${who} }`;
  });
  const gate = '  - { id: agree, name: Agree, type: gate, gate: { message: "Begin?" } }';
  return `workflow: { id: many-${count}, name: Stages by ${count}, version: "1.0.0" }\nstages:\n${gate}\n${stages.join("\n")}\n`;
}

const ids = { gated: "", failed: "", workflow: "", long: "", many: "" };

const { start, store, visit } = setUp(async () => {
  ids.workflow = await store(GATED);
  ids.gated = await start(GATED);
  ids.failed = await start(FAILING);
  ids.long = await start(manyStages(200));
  ids.many = await start(manyStages(MANY));
  await start(SLOW);
});

const dashboard = (id: string, search = "") => `/workflows/executions/${id}?${search}`;

describe("a finger", () => {
  it.each([
    ["the library", "/workflows"],
    ["the library as a list", "/workflows?view=list"],
    ["a workflow", () => `/workflows/${ids.workflow}`],
    ["the settings of a workflow", () => `/workflows/${ids.workflow}?tab=settings`],
    ["the executions", "/workflows/executions"],
    ["the table of a run", () => dashboard(ids.failed, "view=table")],
    ["the timeline of a run", () => dashboard(ids.failed, "view=timeline")],
    ["a gate", () => dashboard(ids.gated, "view=table")],
    ["the inbox", "/inbox"],
    ["the projects", "/projects"],
    ["the settings", "/settings"],
  ] as const)("hits everything on %s", async (_name, path) => {
    const page = await visit(typeof path === "string" ? path : path(), PHONE);
    await page.locator("main h1").waitFor();
    await expect.poll(() => page.locator(".skeleton").count()).toBe(0);
    expect(await tooSmall(page)).toEqual([]);
  });
});

/** The controls that a finger hits with less than what it needs. Links within a sentence are as large as it is. */
async function tooSmall(page: Page): Promise<string[]> {
  const names = await page.evaluate(() => {
    const all = document.querySelectorAll("a[href],button,input,select,textarea,summary");
    window.crawled = [...all].filter((element) => {
      const { width } = element.getBoundingClientRect();
      const inSentence = element.closest("p") !== null && element.tagName === "A";
      const forKeys = element.getAttribute("href") === "#main";
      return element.checkVisibility() && width > 1 && !inSentence && !forKeys;
    });
    return window.crawled.map(
      (one) => one.getAttribute("aria-label") ?? (one.textContent.trim() || one.outerHTML),
    );
  });
  expect(names.length).toBeGreaterThan(5);
  const small: string[] = [];
  for (const [at, name] of names.entries()) {
    const { width, height } = await measureReach(page, at);
    if (Math.min(width, height) < FINGER - TOLERANCE) small.push(`${name}: ${width} × ${height}`);
  }
  return small;
}

describe("forced colours", () => {
  it("leave what is chosen, how far it is and what happened to be seen", async () => {
    const page = await visit(dashboard(ids.failed, "view=timeline"));
    await page.emulateMedia({ forcedColors: "active" });
    await page.getByRole("region", { name: "Failure" }).waitFor();
    const nav = page.getByRole("navigation", { name: "Main" }).first();
    await expectMarked(
      nav.getByRole("link", { name: "Executions", exact: true }),
      nav.getByRole("link", { name: "Library", exact: true }),
    );
    await expectMarked(
      page.getByRole("radio", { name: "Timeline" }),
      page.getByRole("radio", { name: "Table" }),
    );
    await expectMarked(
      page.getByRole("tab", { name: "Summary" }),
      page.getByRole("tab", { name: "Events" }),
    );
    await expectMarked(
      page.getByRole("listitem").filter({ has: page.locator("[aria-pressed=true]") }),
      page.getByRole("listitem").filter({ has: page.locator("[aria-pressed=false]") }),
    );
    expect(await inkOf(page.getByRole("progressbar"))).toBeGreaterThan(0.5);
    const bar = page.locator("li [data-tone=failed].bg-tone-solid").first();
    expect(await inkOf(bar)).toBeGreaterThan(0.5);
    await picture(page, "forced-colours-run");
  });

  it("leave buttons, ticks and what is pointed at in the palette", async () => {
    const page = await visit("/workflows");
    await page.emulateMedia({ forcedColors: "active" });
    expect(await hasEdge(page.getByRole("link", { name: "New workflow" }))).toBe(true);
    const ticks = page.getByRole("img", { name: /^Last run/ }).first();
    // One of its twenty places is taken; the others are not drawn.
    expect(await inkOf(ticks)).toBeGreaterThan(0.01);
    await page.keyboard.press("Control+k");
    const dialog = page.getByRole("dialog");
    // What is found comes above what was there.
    await dialog
      .getByRole("option", { name: /^Gated release/ })
      .first()
      .waitFor();
    await expectMarked(
      dialog.getByRole("option", { selected: true }),
      dialog.getByRole("option", { selected: false }),
    );
    await picture(page, "forced-colours-palette");
  });
});

interface Pixels {
  width: number;
  height: number;
  /** Of each pixel, whether it is of the ground, of what is selected, or something else. */
  kinds: ("ground" | "selected" | "ink")[];
}

/** What a part of the page looks like, in the colours of the system. */
async function pixelsOf(locator: Locator): Promise<Pixels> {
  const shot = (await locator.screenshot()).toString("base64");
  return locator.page().evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    if (!context) throw new Error("nothing can be drawn");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const probe = document.body.appendChild(document.createElement("i"));
    // What is selected may let the ground through.
    const painted = ["Canvas", "Highlight"].map((name) => {
      probe.style.color = name;
      context.fillStyle = getComputedStyle(probe).color;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    });
    probe.remove();
    const is = (colour: number[] | undefined, at: number) =>
      [0, 1, 2].every((part) => Math.abs((colour?.[part] ?? 0) - (data[at * 4 + part] ?? 0)) < 4);
    const kinds = Array.from({ length: data.length / 4 }, (_, at) =>
      is(painted[0], at) ? "ground" : is(painted[1], at) ? "selected" : "ink",
    );
    return { width: bitmap.width, height: bitmap.height, kinds };
  }, shot);
}

/** One has the colour of what is selected, and the other at most a corner of what is beside it. */
async function expectMarked(chosen: Locator, other: Locator): Promise<void> {
  const count = async (one: Locator) =>
    (await pixelsOf(one)).kinds.filter((kind) => kind === "selected").length;
  const marked = await count(chosen.first());
  expect(marked, String(chosen)).toBeGreaterThan(40);
  expect(await count(other.first()), String(other)).toBeLessThan(marked / 10);
}

/** How much of something is not the ground. */
async function inkOf(locator: Locator): Promise<number> {
  const { kinds } = await pixelsOf(locator);
  return kinds.filter((kind) => kind !== "ground").length / kinds.length;
}

/** Whether its left side is a line. */
async function hasEdge(locator: Locator): Promise<boolean> {
  const { width, height, kinds } = await pixelsOf(locator);
  const row = Math.floor(height / 2);
  return kinds.slice(row * width, row * width + 3).some((kind) => kind !== "ground");
}

describe("paper", () => {
  it("has all stages of a run, and nothing around the page", async () => {
    const page = await visit(dashboard(ids.long, "view=table"));
    await page.getByRole("button", { name: "Stage 0", exact: true }).waitFor();
    const pdf = await page.pdf({ format: "A4" });
    expect(pagesOf(pdf)).toBeGreaterThan(4);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await expect.poll(() => page.getByRole("row").count()).toBe(202);
    for (const nav of await page.getByRole("navigation", { name: "Main" }).all()) {
      expect(await nav.isVisible()).toBe(false);
    }
    expect(await cutOff(page)).toEqual([]);
    const ground = await page.evaluate(
      () => getComputedStyle(document.documentElement).backgroundColor,
    );
    expect(ground).toBe("rgb(247, 247, 249)");
  });

  it("has the whole of a list", async () => {
    for (let run = 0; run < 40; run += 1) await start(BRIEF);
    const page = await visit("/workflows/executions");
    await page.getByRole("list", { name: "Executions" }).getByRole("listitem").nth(39).waitFor();
    expect(pagesOf(await page.pdf({ format: "A4" }))).toBeGreaterThan(1);
    await page.emulateMedia({ media: "print" });
    expect(await cutOff(page)).toEqual([]);
  });
});

function pagesOf(pdf: Buffer): number {
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

/** What has more in it than it shows. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("html, body, #root, #root *")]
      .filter((element) => {
        const { overflowY } = getComputedStyle(element);
        return overflowY === "auto" || overflowY === "scroll" || element.id === "scroll";
      })
      .filter((element) => getComputedStyle(element).overflowY !== "visible")
      .filter((element) => element.scrollHeight > element.clientHeight + 1)
      .map((element) => `${element.tagName}.${element.className}`),
  );
}

describe("a dialog", () => {
  it("leaves nobody nowhere when what opened it is gone with what was decided", async () => {
    const id = await start(SLOW);
    const page = await visit(dashboard(id, "view=table"));
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
    await page.getByRole("button", { name: "Re-run" }).first().waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
  });

  it("scrolls as a whole where there is little height", async () => {
    // A desk of 1280 × 1024 at 400 %.
    const page = await visit(`/workflows/${ids.workflow}?run=open`, { width: 320, height: 256 });
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Start" }).waitFor();
    const rooms = await dialog.evaluate((element) =>
      [element, ...element.querySelectorAll("*")]
        .filter((one) => one.scrollHeight > one.clientHeight + 1)
        .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowY))
        .map((one) => one.clientHeight),
    );
    // One thing scrolls, and most of the screen is its room.
    expect(rooms).toHaveLength(1);
    expect(rooms[0]).toBeGreaterThan(200);
    await dialog.getByRole("button", { name: "Start" }).click({ trial: true });
    await expectAccessible(page, "run dialog at 400 %");
    await picture(page, "run-dialog-low");
  });
});

describe(`a run of ${MANY} stages`, () => {
  const rows = (page: Page) => page.locator("tbody tr:not([aria-hidden])");
  const inSight = (page: Page, name: string) =>
    page.getByRole("button", { name, exact: true }).evaluate((button) => {
      const { left, top, height } = button.getBoundingClientRect();
      return document.elementFromPoint(left + 4, top + height / 2) === button;
    });

  it("has the rows of its table drawn that are in sight", async () => {
    const page = await visit(dashboard(ids.many, "view=table&stage=s3000"));
    await page.getByRole("complementary", { name: "Stage Stage 3000" }).waitFor();
    await expect.poll(() => inSight(page, "Stage 3000")).toBe(true);
    expect(await rows(page).count()).toBeLessThan(100);
    const table = page.getByRole("table", { name: "Stages of the run" });
    expect(await table.getAttribute("aria-rowcount")).toBe(String(MANY + 2));
    await expectAccessible(page, "table of many stages");

    for (let press = 0; press < 40; press += 1) await page.keyboard.press("j");
    await page.getByRole("complementary", { name: "Stage Stage 3040" }).waitFor();
    await expect.poll(() => inSight(page, "Stage 3040")).toBe(true);

    await page.getByRole("button", { name: "Stage 3040", exact: true }).focus();
    await page.mouse.move(400, 600);
    await page.mouse.wheel(0, 200_000);
    const last = page.getByRole("row", { name: /^Stage 3999 / });
    await last.waitFor();
    expect(await last.getAttribute("aria-rowindex")).toBe(String(MANY + 2));
    await expect.poll(() => inSight(page, "Stage 3999")).toBe(true);
    expect(await rows(page).count()).toBeLessThan(100);
    // Out of sight, and still where Tab goes on.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Stage 3040");
    await picture(page, "many-stages-table");
  });

  it("has an end in the graph that nobody goes past", async () => {
    const page = await visit(dashboard(ids.many, "view=graph"));
    await page.locator(".react-flow__node").first().waitFor();
    const frame = await page.locator(".react-flow").boundingBox();
    if (!frame) throw new Error("there is no graph");
    await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
    const seen = () =>
      page.evaluate(() => {
        const pane = document.querySelector(".react-flow")?.getBoundingClientRect();
        return [...document.querySelectorAll(".react-flow__node")].filter((node) => {
          const box = node.getBoundingClientRect();
          const across = pane && box.right > pane.left && box.left < pane.right;
          return across === true && box.bottom > pane.top && box.top < pane.bottom;
        }).length;
      });
    const place = () => page.locator(".react-flow__viewport").getAttribute("style");
    for (const [x, y] of [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ] as const) {
      const before = await place();
      for (let turn = 0; turn < 4; turn += 1) await page.mouse.wheel(x * 200_000, y * 200_000);
      if (x !== 0) await expect.poll(place).not.toBe(before);
      await expect.poll(seen).toBeGreaterThan(0);
    }
  });
});
