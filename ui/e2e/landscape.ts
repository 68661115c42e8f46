// What pictures and the crawl look at: a project with skills, workflows, and runs
// of them that stand where runs can stand.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { example } from "./harness";
import { relay } from "./measures/workflows";
import { FAILING, GATED, SLOW } from "./workflows";

/** How a server is asked, and what was stored and started on it is named. */
export interface Hands {
  ask: <T>(path: string, body?: unknown, method?: string) => Promise<T>;
  /** Stores a workflow, each text once, and gives back its id. */
  store: (text: string) => Promise<string>;
  start: (text: string, parameters?: Record<string, unknown>) => Promise<string>;
}

export interface ProjectDirectory {
  path: string;
  remove: () => Promise<void>;
}

/** A directory in which agents find what they can be told to do. */
export async function makeProjectDirectory(): Promise<ProjectDirectory> {
  const path = join(await mkdtemp(join(tmpdir(), "guide-")), "field-guide");
  for (const [place, name, says] of [
    ["commands", "plan", "Thinks a change through before anything is written"],
    ["commands", "release-notes", "Writes the notes of the next release"],
    ["agents", "reviewer", "Reads changes as a stranger would"],
  ] as const) {
    await mkdir(join(path, ".baton", place), { recursive: true });
    const page = `---\nname: ${name}\ndescription: ${says}\n---\n\nDo it.\n`;
    await writeFile(join(path, ".baton", place, `${name}.md`), page);
  }
  return {
    path,
    remove: () => rm(resolve(path, ".."), { recursive: true, force: true }),
  };
}

/** Waits until a run stands somewhere, and says where. */
export async function standsAt(
  hands: Pick<Hands, "ask">,
  run: string,
  isThere: (status: string) => boolean = (status) => !["pending", "running"].includes(status),
): Promise<string> {
  for (;;) {
    const { status } = await hands.ask<{ status: string }>(`/workflow-executions/${run}`);
    if (isThere(status)) return status;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Stores the examples, starts runs, and waits until they stand where they are to be seen. */
export async function settle(hands: Hands, directory: string) {
  const { ask, store, start } = hands;
  const project = (await ask<{ id: string }>("/projects", { path: directory })).id;
  for (const name of ["minimal.yaml", "full.yaml"]) await store(await example(name));
  const workflow = await store(await example("review-loop.yaml"));
  for (const topic of ["migrating birds", "tides"]) {
    await standsAt(hands, await start(await example("minimal.yaml"), { topic }));
  }
  const brief = await store(await example("minimal.yaml"));
  const there = { parameters: { topic: "hedgerows" }, project_id: project };
  await standsAt(hands, (await ask<{ id: string }>(`/workflows/${brief}/run`, there)).id);
  const failed = await start(FAILING);
  const gated = await start(GATED);
  const asking = await start(await example("review-loop.yaml"), { topic: "migrating birds" });
  const talking = await start(relay(2));
  for (const run of [failed, gated, asking, talking]) await standsAt(hands, run);
  await start(SLOW);
  await ask("/tokens", { name: "ci", scope: "run" });
  await ask("/tokens", { name: "ann.laptop", scope: "admin" });
  return { project, workflow, failed, gated, asking, talking };
}
