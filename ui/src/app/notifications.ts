// Notes of the browser about what waits for a person, for those who look elsewhere.

import type { InboxItem } from "@/api/inbox";
import { keyOf } from "@/model/inbox";
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

/** Tells of items that were not there before; `open` leads to one of them. */
export function createTeller(open: (item: InboxItem) => void) {
  let known: ReadonlySet<string> | null = null;
  return (items: readonly InboxItem[]) => {
    const before = known;
    known = new Set(items.map(keyOf));
    // What waited when the page was opened is no news.
    if (before === null || store.get() !== "on" || !document.hidden) return;
    for (const item of items) {
      if (before.has(keyOf(item))) continue;
      const asks = item.kind === "gate" ? "waits for approval" : "asks a question";
      const note = new Notification(`${item.stage_name} ${asks}`, {
        body: item.workflow_name,
        tag: keyOf(item),
      });
      note.onclick = () => {
        window.focus();
        open(item);
        note.close();
      };
    }
  };
}
