// Whether the page of a run keeps more and more while the run goes on.

import type { CDPSession } from "playwright-core";
import { expect, it } from "vitest";

import { setUp } from "../journey";
import { missed, record, table } from "./report";
import { relay } from "./workflows";

const MINUTES = Number(process.env["BATON_MINUTES"] ?? "30");
const MINUTE_MS = 60_000;
/** By then everything was drawn once, and of the log as much is kept as ever will be. */
const WARM_UP_MS = 90_000;
/** How long a stage of `relay` takes where nothing holds it up. */
const STAGE_MS = 3_000;
/** A stage a minute: little for a machine however slow, and a run that talks. */
const LINES_PER_MINUTE = 300;

const { ask, start, visit } = setUp();

interface Sample {
  heap: number;
  nodes: number;
  listeners: number;
}

/** What is left when all that nobody needs is gone. */
async function weigh(session: CDPSession): Promise<Sample> {
  // What the first round frees may hold more.
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  return { heap: usedSize / 1e6, nodes, listeners: jsEventListeners };
}

const tell = (minute: number, { heap, nodes, listeners }: Sample) =>
  process.stdout.write(
    `minute ${minute}: ${heap.toFixed(2)} MB, ${nodes} nodes, ${listeners} listeners\n`,
  );

it(
  `keeps no more after ${MINUTES} minutes of a live run`,
  async () => {
    const stages = Math.ceil((WARM_UP_MS + (MINUTES + 1) * MINUTE_MS) / STAGE_MS);
    const id = await start(relay(stages));
    const lines = async () => {
      const log = await ask<{ items: { seq: number }[] }>(
        `/workflow-executions/${id}/logs?tail=true&limit=1`,
      );
      return log.items[0]?.seq ?? 0;
    };
    const page = await visit(`/workflows/executions/${id}?view=log`);
    await page.getByRole("status").getByText("Live").waitFor();
    const session = await page.context().newCDPSession(page);
    await page.waitForTimeout(WARM_UP_MS);
    const [before, said] = [await weigh(session), await lines()];
    tell(0, before);
    let after = before;
    for (let minute = 1; minute <= MINUTES; minute += 1) {
      await page.waitForTimeout(MINUTE_MS);
      after = await weigh(session);
      tell(minute, after);
    }
    // All the time there was something to hear, and the page has heard it.
    await page.getByRole("status").getByText("Live").waitFor();
    expect((await lines()) - said).toBeGreaterThan(MINUTES * LINES_PER_MINUTE);
    const { status } = await ask<{ status: string }>(`/workflow-executions/${id}`);
    expect(status).toBe("running");

    const growth = (what: keyof Sample) => after[what] - before[what];
    const what = (name: string) => `${name} after ${MINUTES} min`;
    // What has happened to the run is kept, and that is twenty stages a minute.
    record({ what: what("more memory"), value: growth("heap"), unit: "MB", bar: 5 });
    // How much is in sight differs from moment to moment by half of these.
    record({ what: what("more nodes"), value: growth("nodes"), unit: "", bar: 500 });
    record({ what: what("more listeners"), value: growth("listeners"), unit: "", bar: 100 });
  },
  (MINUTES + 5) * MINUTE_MS,
);

it("holds every bar", () => {
  process.stdout.write(table());
  expect(missed()).toEqual([]);
});
