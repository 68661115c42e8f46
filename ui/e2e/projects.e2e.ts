import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectAccessible, picture } from "./harness";
import { setUp } from "./journey";

const { visit } = setUp();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "birds-"));
  const commands = join(directory, ".claude/commands");
  await mkdir(commands, { recursive: true });
  const page = "---\ndescription: Says good morning to everybody\n---\n\nGreet them.\n";
  await writeFile(join(commands, "greet.md"), page);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("a project", () => {
  it("is added, has a skill started in it by keyboard, and keeps the run", async () => {
    const page = await visit("/projects");
    await page.getByText("No projects yet").waitFor();
    await expectAccessible(page, "no projects");
    await page.keyboard.press("c");
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page, "add a project");
    await page.getByLabel("Directory").fill(directory);
    await page.getByLabel("Name").fill("Birds");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Birds" }).waitFor();
    await page.getByText("No executions yet").waitFor();
    await expectAccessible(page, "project without runs");

    await page.getByRole("tab", { name: "Skills" }).click();
    await page.getByText("Says good morning to everybody").waitFor();
    await expectAccessible(page, "skills of a project");
    await picture(page, "project-skills");
    await page.getByRole("button", { name: "Start greet" }).press("Enter");
    await page.getByLabel("What to do").fill("Everybody at the lake.");
    await expectAccessible(page, "start a skill");
    await page.getByRole("button", { name: "Start run" }).press("Enter");
    await page.waitForURL(/\/workflows\/executions\/[0-9a-f-]{36}/);
    await page.locator("main > header").getByText("Completed").waitFor();

    await page.keyboard.type("gp");
    const list = page.getByRole("list", { name: "Projects" });
    await list.getByText("1 run").waitFor();
    await expectAccessible(page, "projects");
    await picture(page, "projects");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Executions" }).getByText("greet").waitFor();
    await expectAccessible(page, "project with a run");

    await page.getByRole("button", { name: "Take out" }).press("Enter");
    await page.getByRole("button", { name: "Take it out" }).press("Enter");
    await page.getByText("No projects yet").waitFor();
    expect(page.url()).toMatch(/\/projects$/);
  });

  it("leads back from where there is none", async () => {
    const page = await visit("/projects/none", { expects: /404/ });
    await page.getByText("There is nothing here").waitFor();
    await expectAccessible(page, "missing project");
    await page.getByRole("link", { name: "Go to the projects" }).click();
    await page.getByRole("heading", { name: "Projects", exact: true }).waitFor();
  });
});
