// Notes of the browser about what waits for a person, and about runs that have
// ended, for those who look elsewhere.

import type { Execution } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { keyOf } from "@/model/inbox";
import { summaryOf } from "@/model/parameters";
import { STATUSES } from "@/model/status";
import { createStore } from "@/model/store";

const KEY = "baton.notifications";

export type NotificationState = "on" | "off" | "denied" | "unsupported";

function read(): NotificationState {
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  const wanted = localStorage.getItem(KEY) === "on";
  return wanted && Notification.permission === "granted" ? "on" : "off";
}

const store = createStore<NotificationState>(read());

export const notifications = {
  get: store.get,
  subscribe: store.subscribe,
  /** Asks the browser, which asks the person. */
  async turnOn() {
    await Notification.requestPermission();
    localStorage.setItem(KEY, "on");
    store.set(read());
  },
  turnOff() {
    localStorage.removeItem(KEY);
    store.set(read());
  },
};

/** Whether somebody wants to be told, and looks elsewhere. */
function isWanted(): boolean {
  return store.get() === "on" && document.hidden;
}

/** One tag is one note, from however many tabs it is told. */
function note(title: string, body: string, tag: string, open: () => void): void {
  const shown = new Notification(title, { body, tag });
  shown.onclick = () => {
    window.focus();
    open();
    shown.close();
  };
}

/** Tells of items that were not there before; `open` leads to one of them. */
export function createTeller(open: (item: InboxItem) => void) {
  let known: ReadonlySet<string> | null = null;
  return (items: readonly InboxItem[]) => {
    const before = known;
    known = new Set(items.map(keyOf));
    // What waited when the page was opened is no news.
    if (before === null || !isWanted()) return;
    for (const item of items) {
      if (before.has(keyOf(item))) continue;
      const asks = item.kind === "gate" ? "waits for approval" : "asks a question";
      note(`${item.stage_name} ${asks}`, item.workflow_name, keyOf(item), () => open(item));
    }
  };
}

/** Tells that a run has ended, and how. */
export function tellEnd(run: Execution, open: () => void): void {
  if (!isWanted()) return;
  const how = STATUSES[run.status].label.toLowerCase();
  const body = run.error_message ?? summaryOf(run.parameters);
  note(`${run.workflow_name} ${how}`, body, run.id, open);
}
