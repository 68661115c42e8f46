import { afterEach, expect, it, vi } from "vitest";

import { giveLocks } from "@/testing/locks";

import { takesTurns, turnToFollow } from "./turns";

const never = new AbortController().signal;

afterEach(() => {
  vi.unstubAllGlobals();
});

it("lets three runs be followed at once, and the next one when one of them is not any more", async () => {
  const locks = giveLocks();
  const onWait = vi.fn();
  const first = await Promise.all([1, 2, 3].map(() => turnToFollow(never, onWait)));
  expect(onWait).not.toHaveBeenCalled();
  let fourth: (() => void) | undefined;
  void turnToFollow(never, onWait).then((giveBack) => {
    fourth = giveBack;
  });
  await vi.waitFor(() => expect(onWait).toHaveBeenCalledOnce());
  expect(fourth).toBeUndefined();
  first[1]?.();
  await vi.waitFor(() => expect(fourth).toBeDefined());
  expect(locks.held()).toHaveLength(3);
  // It has waited for all of them, and keeps one.
  first[0]?.();
  first[2]?.();
  await vi.waitFor(() => expect(locks.held()).toHaveLength(1));
  fourth?.();
  await vi.waitFor(() => expect(locks.held()).toEqual([]));
});

it("gives up waiting, and keeps nothing then", async () => {
  const locks = giveLocks();
  const taken = await Promise.all([1, 2, 3].map(() => turnToFollow(never, vi.fn())));
  const stop = new AbortController();
  const turn = turnToFollow(stop.signal, () => stop.abort());
  expect(await turn).toBeUndefined();
  for (const giveBack of taken) giveBack?.();
  await vi.waitFor(() => expect(locks.held()).toEqual([]));
});

it("waits for nobody where tabs know nothing of each other", async () => {
  expect(takesTurns()).toBe(false);
  const onWait = vi.fn();
  for (let tab = 0; tab < 5; tab += 1) {
    expect(await turnToFollow(never, onWait)).toBeDefined();
  }
  const refuse = () => Promise.reject(new DOMException("no", "SecurityError"));
  vi.stubGlobal("navigator", { locks: { request: refuse } });
  expect(await turnToFollow(never, onWait)).toBeDefined();
  expect(onWait).not.toHaveBeenCalled();
});
