import { useNavigate } from "@tanstack/react-router";
import {
  BookOpen,
  CircleHelp,
  FolderGit2,
  Inbox,
  Library,
  type LucideIcon,
  Monitor,
  Moon,
  Play,
  Plus,
  Settings2,
  Sun,
} from "lucide-react";

import { engine } from "@/api/engine";
import { theme } from "@/app/theme";
import { useStore } from "@/model/store";

export interface PaletteCommand {
  name: string;
  /** Other words it is found by. */
  also?: string;
  icon: LucideIcon;
  keys?: string;
  run: () => void;
}

/** What the palette can do; each closes it first. */
export function useCommands(onClose: () => void, onHelp: () => void) {
  const navigate = useNavigate();
  const enabled = useStore(engine) !== "off";
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  const ofWorkflows: PaletteCommand[] = [
    {
      name: "New workflow",
      also: "create add",
      icon: Plus,
      keys: "c",
      run: then(() => void navigate({ to: "/workflows/new" })),
    },
    {
      name: "Go to the inbox",
      also: "gates questions approve",
      icon: Inbox,
      keys: "g i",
      run: then(() => void navigate({ to: "/inbox" })),
    },
    {
      name: "Go to the library",
      also: "workflows",
      icon: Library,
      keys: "g l",
      run: then(() => void navigate({ to: "/workflows" })),
    },
    {
      name: "Go to the executions",
      also: "runs",
      icon: Play,
      keys: "g e",
      run: then(() => void navigate({ to: "/workflows/executions" })),
    },
  ];
  const commands: PaletteCommand[] = [
    ...(enabled ? ofWorkflows : []),
    {
      name: "Go to the projects",
      also: "directories skills",
      icon: FolderGit2,
      keys: "g p",
      run: then(() => void navigate({ to: "/projects" })),
    },
    {
      name: "Go to the settings",
      also: "agents tokens",
      icon: Settings2,
      keys: "g s",
      run: then(() => void navigate({ to: "/settings" })),
    },
    {
      name: "Theme: light",
      also: "bright",
      icon: Sun,
      run: then(() => theme.choose("light")),
    },
    { name: "Theme: dark", also: "night", icon: Moon, run: then(() => theme.choose("dark")) },
    {
      name: "Theme: like the system",
      icon: Monitor,
      run: then(() => theme.choose("system")),
    },
    { name: "Show the keys", also: "help shortcuts", icon: CircleHelp, keys: "?", run: onHelp },
    {
      name: "Open the description of the API",
      also: "docs openapi swagger",
      icon: BookOpen,
      run: then(() => window.open("/docs", "_blank", "noopener")),
    },
  ];
  return {
    commands,
    openWorkflow: (workflowId: string) =>
      then(() => void navigate({ to: "/workflows/$workflowId", params: { workflowId } }))(),
    runWorkflow: (workflowId: string) =>
      then(
        () =>
          void navigate({
            to: "/workflows/$workflowId",
            params: { workflowId },
            search: { run: "open" },
          }),
      )(),
    openRun: (runId: string) =>
      then(() => void navigate({ to: "/workflows/executions/$runId", params: { runId } }))(),
  };
}
