// The token that says who asks. On the machine of the server none is needed.

import { createStore } from "@/model/store";

const KEY = "baton.token";
/** What begins the names of what somebody has begun to write, which nobody after them shall read. */
export const DRAFT = "baton.draft.";

/** Kept for this tab, or for this browser when the person wants so. */
function read(): string | null {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
}

const store = createStore<string | null>(read());
/** The server wants to know who asks, and does not. */
const refused = createStore(false);

export const session = {
  subscribe: store.subscribe,
  token: store.get,
  refused: { get: refused.get, subscribe: refused.subscribe },
  refuse() {
    refused.set(true);
  },
  signIn(token: string, keep: boolean) {
    (keep ? localStorage : sessionStorage).setItem(KEY, token);
    store.set(token);
    refused.set(false);
  },
  signOut() {
    sessionStorage.removeItem(KEY);
    localStorage.removeItem(KEY);
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(DRAFT)) sessionStorage.removeItem(key);
    }
    store.set(null);
  },
};
