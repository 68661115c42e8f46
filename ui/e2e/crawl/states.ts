// Every page, in every state that it can be in.

import { example } from "../harness";
import type { Land, RunKind } from "./land";
import { BROKEN, TYPED } from "./workflows";

export interface State {
  name: string;
  /** What was operated in one state of a family is not operated again in the next. */
  family: string;
  /** Makes what it shows where that is not there or was used up, and says where it is. */
  open: (usedUp: boolean) => Promise<string>;
  /** What is not there before the page is. */
  ready?: string;
  /** What the page may complain of, because the state is about it. */
  expects?: RegExp;
}

const NOBODY = "01a1fe84-0000-7000-8000-000000000000";

/** Views of a run, and what the panel of a stage has there beside its summary. */
const VIEWS = ["graph", "timeline", "table", "log", "about"] as const;
const TABS: Readonly<Record<RunKind, readonly string[]>> = {
  completed: ["log", "inputs", "outputs", "attempts", "events"],
  failed: ["log", "attempts", "events"],
  talking: ["log"],
  running: ["log", "attempts", "events"],
  gate: ["events"],
  question: ["log", "inputs", "attempts", "events"],
  paused: ["log", "events"],
  cancelled: ["log", "attempts", "events"],
};

/**
 * What is empty is looked at before there is anything. Where it is thorough, what all
 * runs have is operated in each state of a run, else in one of them.
 */
export async function statesOf(land: Land, thorough: boolean): Promise<State[]> {
  return [
    ...emptyStates(land),
    ...libraryStates(land),
    ...(await workflowStates(land)),
    ...(await runStates(land, thorough)),
    ...projectStates(land),
    ...settingsStates(land),
    ...unknownStates(),
  ];
}

function emptyStates(land: Land): State[] {
  const fixed = (name: string, path: string): State => ({
    name,
    family: name,
    open: () => Promise.resolve(path),
  });
  return [
    {
      name: "library-empty",
      family: "library-empty",
      open: async () => {
        await land.withoutWorkflows();
        return "/workflows";
      },
      ready: "[aria-label=Examples]",
    },
    fixed("executions-empty", "/workflows/executions"),
    fixed("inbox-empty", "/inbox"),
    {
      name: "projects-empty",
      family: "projects-empty",
      open: async () => {
        await land.withoutProjects();
        return "/projects";
      },
    },
    {
      name: "settings-tokens-empty",
      family: "settings-tokens-empty",
      open: async () => {
        await land.withTokens();
        return "/settings?tab=tokens";
      },
    },
  ];
}

function libraryStates(land: Land): State[] {
  let made = false;
  const at = (name: string, path: string, family = name): State => ({
    name,
    family,
    open: async (usedUp) => {
      if (!made || usedUp) await land.withLibrary();
      made = true;
      return path;
    },
  });
  return [
    at("library-cards", "/workflows?view=grid"),
    at("library-list", "/workflows?view=list"),
    at("library-nothing-fits", "/workflows?view=grid&search=zzzz", "library-cards"),
  ];
}

async function workflowStates(land: Land): Promise<State[]> {
  const loop = land.workflow(await example("review-loop.yaml"));
  const typed = land.workflow(TYPED);
  const broken = land.workflow(BROKEN, true);
  const minimal = await example("minimal.yaml");
  const ran = land.workflow(minimal);
  const editor = "[data-editor]";
  const of = (name: string, search: string, more: Partial<State> = {}): State => ({
    name,
    family: "workflow",
    open: async (usedUp) => `/workflows/${await loop(usedUp)}?${search}`,
    ...more,
  });
  return [
    of("workflow-graph", "stage=draft", { ready: "[aria-label=Stages],.react-flow__node" }),
    of("workflow-stages", "view=list&stage=review"),
    of("workflow-yaml", "tab=yaml", { ready: editor }),
    of("workflow-settings", "tab=settings"),
    of("workflow-executions-empty", "tab=executions"),
    {
      name: "workflow-executions",
      family: "workflow",
      open: async (usedUp) => {
        const id = await ran(usedUp);
        await land.run(id, { topic: "tides" });
        return `/workflows/${id}?tab=executions`;
      },
    },
    {
      name: "workflow-new",
      family: "workflow-new",
      open: () => Promise.resolve("/workflows/new"),
      ready: editor,
    },
    {
      name: "workflow-yaml-problems",
      family: "workflow",
      open: async (usedUp) => `/workflows/${await broken(usedUp)}?tab=yaml`,
      ready: "[aria-label=Problems]",
    },
    {
      name: "run-dialog",
      family: "workflow",
      open: async (usedUp) => `/workflows/${await typed(usedUp)}?run=open`,
      ready: "[role=dialog] form",
    },
  ];
}

async function runStates(land: Land, thorough: boolean): Promise<State[]> {
  const runs = await land.runs();
  const kinds = Object.keys(TABS) as RunKind[];
  const dashboards = kinds.flatMap((kind): State[] => {
    const at = (what: string, search: string): State => ({
      name: `run-${kind}-${what}`,
      family: thorough ? `run-${kind}` : "run",
      open: async (usedUp) => `/workflows/executions/${await runs[kind](usedUp)}?${search}`,
      ready: what === "graph" ? ".react-flow__node" : "main > header h1",
    });
    return [
      ...VIEWS.map((view) => at(view, `view=${view}`)),
      ...TABS[kind].map((tab) => at(`tab-${tab}`, `view=table&tab=${tab}`)),
    ];
  });
  const listed = (name: string, path: string): State => ({
    name,
    family: name,
    open: async () => {
      for (const kind of kinds) await runs[kind]();
      return path;
    },
  });
  return [
    ...dashboards,
    listed("executions", "/workflows/executions"),
    listed("executions-nothing-fits", "/workflows/executions?search=zzzz"),
    listed("inbox", "/inbox"),
    {
      name: "inbox-gate",
      family: "inbox-gate",
      open: async (usedUp) => `/inbox?item=${await runs.gate(usedUp)}:agree`,
    },
    {
      name: "inbox-question",
      family: "inbox-question",
      open: async (usedUp) => `/inbox?item=${await runs.question(usedUp)}:draft`,
    },
    listed("inbox-nothing-here", "/inbox?project=nowhere"),
  ];
}

function projectStates(land: Land): State[] {
  const project = land.project();
  return [
    {
      name: "projects",
      family: "projects",
      open: async (usedUp) => {
        await project(usedUp);
        return "/projects";
      },
    },
    ...["runs", "skills"].map((tab): State => ({
      name: `project-${tab}`,
      family: "project",
      open: async (usedUp) => `/projects/${await project(usedUp)}?tab=${tab}`,
    })),
  ];
}

function settingsStates(land: Land): State[] {
  return ["general", "agents", "tokens", "server"].map((tab) => ({
    name: `settings-${tab}`,
    family: "settings",
    open: async () => {
      if (tab === "tokens") await land.withTokens("ci", "ann.laptop");
      return `/settings?tab=${tab}`;
    },
  }));
}

function unknownStates(): State[] {
  return [
    ["page", "/nowhere"],
    ["workflow", `/workflows/${NOBODY}`],
    ["run", `/workflows/executions/${NOBODY}`],
    ["project", `/projects/${NOBODY}`],
  ].map(([what = "", path = ""]) => ({
    name: `unknown-${what}`,
    family: `unknown-${what}`,
    open: () => Promise.resolve(path),
    expects: /404|That did not work/,
  }));
}
