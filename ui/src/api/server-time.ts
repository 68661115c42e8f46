// What time it is where times are written down: the clock of this machine may be wrong.

import { createStore } from "@/model/store";

/** The header has whole seconds, and an answer takes its time. */
const NOTHING_MS = 2_000;
/** Whoever slept while an answer came knows nothing from it. */
const ANSWER_MS_MAX = 10_000;

const offset = createStore(0);

/** By how much the server's clock is ahead of this one. */
export const serverOffset = { get: offset.get, subscribe: offset.subscribe };

/** The present, as the server has it. */
export function serverNow(): number {
  return Date.now() + offset.get();
}

/** Learns from an answer that was asked for at `asked`, and is there now. */
export function learnTime(headers: Headers, asked: number): void {
  const now = Date.now();
  const told = Date.parse(headers.get("Date") ?? "");
  if (Number.isNaN(told) || now < asked || now - asked > ANSWER_MS_MAX) return;
  const next = told + 500 - now;
  // What is nearly the same stays, so that times do not tremble.
  if (Math.abs(next - offset.get()) < NOTHING_MS) return;
  offset.set(Math.abs(next) < NOTHING_MS ? 0 : next);
}
