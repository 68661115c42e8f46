// The server that a look goes through, and what is made on it: again, whenever
// it was used up.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ask, example } from "../harness";
import { makeProjectDirectory, type ProjectDirectory, standsAt } from "../landscape";
import { relay } from "../measures/workflows";
import { type Baton, startBaton } from "../server";
import { FAILING, GATED } from "../workflows";
import { BROKEN, ENDLESS } from "./workflows";

interface Made {
  id: string;
}
interface Items<T> {
  items: T[];
}

/** Something to look at: made when it is asked for, and again when it was used up. */
export type Subject = (anew?: boolean) => Promise<string>;

const ENDED = ["completed", "failed", "cancelled"];

export class Land {
  readonly baton: Baton;
  readonly directory: ProjectDirectory;
  private stored = 0;

  private constructor(baton: Baton, directory: ProjectDirectory) {
    this.baton = baton;
    this.directory = directory;
  }

  static async settle(): Promise<Land> {
    const directory = await makeProjectDirectory();
    const greet = "---\nname: greet\ndescription: Says good morning to everybody\n---\n\nGreet.\n";
    await mkdir(join(directory.path, ".baton/commands"), { recursive: true });
    await writeFile(join(directory.path, ".baton/commands/greet.md"), greet);
    return new Land(await startBaton(), directory);
  }

  async leave(): Promise<void> {
    await this.baton.kill();
    await this.baton.stop();
    await this.directory.remove();
  }

  ask<T>(path: string, body?: unknown, method?: string): Promise<T> {
    return ask<T>(this.baton, path, body, method);
  }

  async store(text: string, draft = false): Promise<string> {
    const path = draft ? "/workflows?draft=true" : "/workflows";
    // No two have the same name.
    this.stored += 1;
    const yaml_content = text.replace(/\bname: ([^,\n]+)/, `name: $1 ${this.stored}`);
    return (await this.ask<Made>(path, { yaml_content })).id;
  }

  private async start(text: string, parameters: Record<string, unknown> = {}): Promise<string> {
    const workflow = await this.store(text);
    return (await this.ask<Made>(`/workflows/${workflow}/run`, { parameters })).id;
  }

  /** Runs a workflow to where it ends or waits. */
  async run(workflow: string, parameters: Record<string, unknown>): Promise<void> {
    const { id } = await this.ask<Made>(`/workflows/${workflow}/run`, { parameters });
    await standsAt(this, id);
  }

  private async statusOf(run: string): Promise<string> {
    return (await this.ask<{ status: string }>(`/workflow-executions/${run}`)).status;
  }

  /** A run that stands somewhere, and is made anew when it has moved on. */
  private standing(status: string, make: () => Promise<string>): Subject {
    let id: string | undefined;
    return async (anew = false) => {
      if (id !== undefined) {
        const now = await this.statusOf(id);
        if (!anew && now === status) return id;
        if (!ENDED.includes(now)) await this.ask(`/workflow-executions/${id}/cancel`, {});
      }
      id = await make();
      await standsAt(this, id, (one) => one === status);
      return id;
    };
  }

  /** A workflow of this text, as it was stored. */
  workflow(text: string, draft = false): Subject {
    let id: string | undefined;
    return async (anew = false) => {
      if (id === undefined || anew) id = await this.store(text, draft);
      return id;
    };
  }

  /** At work on its second stage. */
  private async startEndless(): Promise<string> {
    const run = await this.start(ENDLESS);
    for (;;) {
      const { steps } = await this.ask<{ steps: { stage_id: string; status: string }[] }>(
        `/workflow-executions/${run}`,
      );
      if (steps.some((one) => one.stage_id === "work" && one.status === "running")) return run;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async runs(): Promise<Readonly<Record<RunKind, Subject>>> {
    const minimal = await example("minimal.yaml");
    const reviewed = await example("review-loop.yaml");
    return {
      completed: this.standing("completed", () => this.start(minimal, { topic: "tides" })),
      failed: this.standing("failed", () => this.start(FAILING)),
      talking: this.standing("completed", () => this.start(relay(1))),
      running: this.standing("running", () => this.startEndless()),
      gate: this.standing("waiting_for_approval", () => this.start(GATED)),
      question: this.standing("waiting_for_input", () =>
        this.start(reviewed, { topic: "migrating birds" }),
      ),
      paused: this.standing("paused", async () => {
        const run = await this.startEndless();
        await this.ask(`/workflow-executions/${run}/pause`, {});
        return run;
      }),
      cancelled: this.standing("cancelled", async () => {
        const run = await this.startEndless();
        await this.ask(`/workflow-executions/${run}/cancel`, {});
        return run;
      }),
    };
  }

  /** No workflow is stored. */
  async withoutWorkflows(): Promise<void> {
    for (;;) {
      const { items } = await this.ask<Items<Made>>("/workflows?limit=50");
      if (items.length === 0) return;
      await this.ask("/workflows/batch/delete", { ids: items.map(({ id }) => id) });
    }
  }

  /** Workflows of every standing, one with an error, one that has run. */
  async withLibrary(): Promise<void> {
    await this.withoutWorkflows();
    const minimal = await this.store(await example("minimal.yaml"));
    await this.store(await example("review-loop.yaml"));
    await this.store(await example("full.yaml"));
    await this.store(BROKEN, true);
    const published = await this.store(GATED);
    await this.ask(`/workflows/${published}`, { status: "published", tags: ["release"] }, "PATCH");
    const archived = await this.store(FAILING);
    await this.ask(`/workflows/${archived}`, { status: "archived" }, "PATCH");
    await this.run(minimal, { topic: "hedgerows" });
  }

  async withoutProjects(): Promise<void> {
    const { items } = await this.ask<Items<Made>>("/projects");
    for (const { id } of items) await this.ask(`/projects/${id}`, undefined, "DELETE");
  }

  /** The project, with a run of its own. */
  project(): Subject {
    let project: string | undefined;
    return async (anew = false) => {
      if (project !== undefined && !anew) return project;
      await this.withoutProjects();
      const { id } = await this.ask<Made>("/projects", { path: this.directory.path });
      const brief = await this.store(await example("minimal.yaml"));
      const wish = { parameters: { topic: "hedgerows" }, project_id: id };
      await standsAt(this, (await this.ask<Made>(`/workflows/${brief}/run`, wish)).id);
      project = id;
      return id;
    };
  }

  async withTokens(...names: string[]): Promise<void> {
    const { items } = await this.ask<Items<{ name: string }>>("/tokens");
    for (const { name } of items) {
      if (!names.includes(name)) await this.ask(`/tokens/${name}`, undefined, "DELETE");
    }
    for (const name of names) {
      if (items.some((one) => one.name === name)) continue;
      await this.ask("/tokens", { name, scope: name === "ci" ? "run" : "admin" });
    }
  }
}

export type RunKind =
  "completed" | "failed" | "talking" | "running" | "gate" | "question" | "paused" | "cancelled";
