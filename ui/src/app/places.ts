// The places of the navigation.

import { FolderGit2, Inbox, Library, type LucideIcon, Play, Settings2 } from "lucide-react";

export interface Place {
  to: "/inbox" | "/workflows" | "/workflows/executions" | "/projects" | "/settings";
  label: string;
  icon: LucideIcon;
  keys: string;
}

export const INBOX: Place = { to: "/inbox", label: "Inbox", icon: Inbox, keys: "g i" };
export const LIBRARY: Place = { to: "/workflows", label: "Library", icon: Library, keys: "g l" };
export const EXECUTIONS: Place = {
  to: "/workflows/executions",
  label: "Executions",
  icon: Play,
  keys: "g e",
};
export const PROJECTS: Place = {
  to: "/projects",
  label: "Projects",
  icon: FolderGit2,
  keys: "g p",
};
export const SETTINGS: Place = {
  to: "/settings",
  label: "Settings",
  icon: Settings2,
  keys: "g s",
};

/** Whether somebody is there: the library is not where its executions are. */
export function isAt(place: Place, path: string): boolean {
  if (place.to === "/workflows") {
    return path.startsWith("/workflows") && !path.startsWith("/workflows/executions");
  }
  return path.startsWith(place.to);
}

/** Whether what is there is about workflows and their runs. */
export function isOfEngine(path: string): boolean {
  return path === "/" || /^\/(workflows|executions|inbox)\b/.test(path);
}
