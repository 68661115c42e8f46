// How much is loaded, and how soon there is something to see and to use.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { arrange, placeAcross, placeDown } from "../../src/model/dag-layout";
import { setUp } from "../journey";
import { fetchRaw, firstScripts } from "../raw";
import { missed, percentile, record, table } from "./report";
import { BRIEF, chain, mesh, meshOf } from "./workflows";

const RUNS = 10_000;
const AT_ONCE = 8;
const LOOKS = 5;

const { ask, server, start, store, visit } = setUp();

/** When the first text or picture was drawn, since the page was asked for. */
function firstContent(page: Page): Promise<number> {
  return page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  );
}

const sinceStart = (page: Page) => page.evaluate(() => performance.now());

it("loads little at first", async () => {
  let bytes = 0;
  for (const path of await firstScripts(server())) {
    bytes += (await fetchRaw(new URL(path, server().ui), "gzip")).bytes;
  }
  record({ what: "initial JavaScript, as sent", value: bytes / 1_000, unit: "kB", bar: 150 });
});

it("shows something soon", async () => {
  await store(BRIEF);
  const times = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const page = await visit("/workflows");
    await page.getByRole("article").first().waitFor();
    times.push(await firstContent(page));
  }
  record({ what: "first content, median", value: percentile(times, 50), unit: "ms", bar: 500 });
});

it("draws what happens at once", async () => {
  const id = await start(chain(80));
  const page = await visit(`/workflows/executions/${id}?view=table`);
  await page.getByRole("status").getByText("Live").waitFor();
  const begin = Date.now();
  const seen = await page.evaluate(
    () =>
      new Promise<[string, number][]>((done) => {
        const drawn = new Map<string, number>();
        const look = () => {
          const now = performance.timeOrigin + performance.now();
          for (const row of document.querySelectorAll("tbody tr")) {
            const name = row.querySelector("button")?.textContent ?? "";
            if (row.textContent.includes("Completed") && !drawn.has(name)) drawn.set(name, now);
          }
          if (document.querySelector("main > header")?.textContent.includes("Completed")) {
            done([...drawn]);
          } else {
            requestAnimationFrame(look);
          }
        };
        // A frame later than it is in the document, it is on the screen.
        requestAnimationFrame(look);
      }),
  );
  const { items } = await ask<{
    items: { at: string; event: { type: string; stage?: string } }[];
  }>(`/workflow-executions/${id}/events?limit=1000`);
  const drawn = new Map(seen);
  const late = items.flatMap(({ at, event }) => {
    const then = drawn.get(`Stage ${event.stage?.slice(1)}`);
    // What had happened before the page was live is no measure of it.
    const live = event.type === "stage_completed" && Date.parse(at) > begin;
    return live && then !== undefined ? [then - Date.parse(at)] : [];
  });
  expect(late.length).toBeGreaterThan(20);
  record({ what: "event to pixel, p95", value: percentile(late, 95), unit: "ms", bar: 150 });
});

it("lays out 500 stages", () => {
  const stages = meshOf(500);
  const size = { width: 216, height: 64, gapX: 56, gapY: 20 };
  const times = Array.from({ length: 20 }, () => {
    const began = performance.now();
    // As the page does, which looks which way it fits better.
    const order = arrange(stages);
    placeAcross(order, size);
    placeDown(order, size);
    return performance.now() - began;
  });
  const value = percentile(times, 95);
  record({ what: "500 stages laid out, p95", value, unit: "ms", bar: 300 });
});

it("draws 500 stages, and moves around in them smoothly", async () => {
  const id = await store(mesh(500));
  const page = await visit(`/workflows/${id}?view=list`);
  await page.getByRole("button", { name: /Stage 499/ }).waitFor();
  // The library that draws is there already for whoever has seen another graph.
  await page.getByRole("radio", { name: "Graph" }).click();
  await page.locator(".react-flow__node").first().waitFor();
  await page.getByRole("radio", { name: "List" }).click();
  await page.getByRole("button", { name: /Stage 499/ }).waitFor();
  const took = await page.evaluate(async () => {
    const began = performance.now();
    document.querySelector<HTMLElement>('[role=radio][aria-label="Graph"]')?.click();
    while (document.querySelector(".react-flow__node") === null) {
      await new Promise((frame) => requestAnimationFrame(frame));
    }
    return performance.now() - began;
  });
  record({
    what: "500 stages, from the press of a button to the graph",
    value: took,
    unit: "ms",
    bar: 300,
  });

  await page.evaluate(() => {
    const tasks: number[] = [];
    const keep = (entries: PerformanceEntryList) =>
      tasks.push(...entries.map(({ duration }) => duration));
    const observer = new PerformanceObserver((list) => keep(list.getEntries()));
    observer.observe({ type: "longtask" });
    // Also those that nobody has told of yet.
    const tasksSoFar = () => {
      keep(observer.takeRecords());
      return tasks;
    };
    Object.assign(window, { tasksSoFar });
  });
  const box = await page.locator(".react-flow").boundingBox();
  if (box === null) throw new Error("there is no graph");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const places = new Set<string | null>();
  for (let turn = 0; turn < 120; turn += 1) {
    await page.mouse.wheel(turn < 60 ? 60 : -60, turn % 20 < 10 ? 20 : -20);
    await page.waitForTimeout(16);
    if (turn % 30 === 29) {
      places.add(await page.locator(".react-flow__viewport").getAttribute("style"));
    }
  }
  expect(places.size).toBeGreaterThan(2);
  // How long a task was is known when it is over; two frames later, all of these are.
  const tasks = await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) {
      await new Promise((drawn) => requestAnimationFrame(drawn));
    }
    return (window as unknown as { tasksSoFar: () => number[] }).tasksSoFar();
  });
  const longest = Math.max(0, ...tasks);
  record({ what: "longest task while panning", value: longest, unit: "ms", bar: 50 });
});

it("lists ten thousand runs", async () => {
  const waiting = Array.from({ length: RUNS }, (_, index) => index);
  const work = async () => {
    while (waiting.pop() !== undefined) await start(BRIEF);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await expect
    .poll(() => ask<{ total_count: number }>("/workflow-executions?status=running&limit=1"), {
      timeout: 120_000,
    })
    .toMatchObject({ total_count: 0 });
  const times = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const page = await visit("/workflows/executions");
    const list = page.getByRole("list", { name: "Executions" });
    await list.getByRole("listitem").nth(20).waitFor();
    await page.keyboard.press("j");
    await page.locator("[data-item]:focus").waitFor();
    times.push(await sinceStart(page));
  }
  const value = percentile(times, 50);
  record({ what: "list of 10,000 runs usable, median", value, unit: "ms", bar: 1_000 });
}, 600_000);

it("holds every bar", () => {
  process.stdout.write(table());
  expect(missed()).toEqual([]);
});
