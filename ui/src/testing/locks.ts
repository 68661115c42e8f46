// Locks of the browser, as far as tabs use them.

import { vi } from "vitest";

interface Wish {
  options: LockOptions;
  have: (lock: Lock | null) => unknown;
}

/** Gives the page locks; says how many are held. */
export function giveLocks() {
  const held = new Set<string>();
  const waiting = new Map<string, Wish[]>();

  const next = (name: string) => {
    const wish = waiting.get(name)?.shift();
    if (wish) void grant(name, wish.have);
  };
  const grant = async (name: string, have: Wish["have"]) => {
    held.add(name);
    await have({ name, mode: "exclusive" });
    held.delete(name);
    next(name);
  };
  const request = (name: string, options: LockOptions, have: Wish["have"]) =>
    new Promise((done, fail) => {
      const get = (lock: Lock | null) => {
        const kept = have(lock);
        void Promise.resolve(kept).then(done, fail);
        return kept;
      };
      // As in a browser, nothing is decided at once.
      queueMicrotask(() => {
        const giveUp = () => fail(new DOMException("given up", "AbortError"));
        if (options.signal?.aborted === true) giveUp();
        else if (!held.has(name)) void grant(name, get);
        else if (options.ifAvailable === true) get(null);
        else {
          const wish = { options, have: get };
          waiting.set(name, [...(waiting.get(name) ?? []), wish]);
          options.signal?.addEventListener("abort", () => {
            waiting.set(
              name,
              (waiting.get(name) ?? []).filter((one) => one !== wish),
            );
            giveUp();
          });
        }
      });
    });
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator), { locks: { request } }));
  return { held: () => [...held].sort() };
}
