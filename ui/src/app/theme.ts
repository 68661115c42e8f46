// Light, dark, or as the system has it.

import { createStore } from "@/model/store";

export type Theme = "system" | "light" | "dark";

const KEY = "baton.theme";

function read(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

const store = createStore<Theme>(read());

/** Has the page look so; called before anything is drawn. */
export function applyTheme(): void {
  const theme = store.get();
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset["theme"] = theme;
}

export const theme = {
  get: store.get,
  subscribe: store.subscribe,
  choose(next: Theme) {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
    store.set(next);
    applyTheme();
  },
};
