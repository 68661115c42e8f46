// What happens to a run, as it happens: read by fetch, because an EventSource
// cannot say who asks.

import { createStore } from "@/model/store";

import { openStream } from "./client";
import { ApiError } from "./problem";
import { reachability } from "./reachability";
import { createParser, type Message } from "./sse";
import type { TakeTurn } from "./turns";
import { untilUnseen, whenSeen } from "./visibility";

/** How the page hears of a run; while it is `queued`, other tabs have the streams. */
export type Connection = "connecting" | "live" | "reconnecting" | "polling" | "queued" | "ended";

export const FIRST_DELAY_MS = 2_000;
export const LONGEST_DELAY_MS = 30_000;
/** After so many failures in a row the page asks every 30 s instead. */
export const FAILURES_BEFORE_POLLING = 5;
/** The server says something every 15 s; a line that is silent for longer is dead. */
export const SILENCE_MS = 40_000;
/** How often a page asks while other tabs have the streams. */
export const QUEUED_POLL_MS = 5_000;

export interface StreamOptions {
  path: string;
  /** The last message that is known already. */
  after?: string | null;
  onMessage: (message: Message) => void;
  /** What stands in for the stream while there is none, and once when it is back. */
  onPoll: () => void;
  /** It goes on after the end of a run: it is about all of them. */
  endless?: boolean;
  /** Has it wait until there is a stream left for it. */
  turn?: TakeTurn;
  open?: typeof openStream;
}

/** Says when to try again after so many failures in a row. */
export function delayAfter(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
}

/** Follows a run until it ends or `close` is called; while nobody looks, it waits. */
export function followRun(options: StreamOptions) {
  const connection = createStore<Connection>("connecting");
  const stop = new AbortController();
  const open = options.open ?? openStream;
  let lastId = options.after ?? null;
  let failures = 0;
  /** Something may have happened that nobody told. */
  let missed = false;

  const opened = () => {
    if (missed) options.onPoll();
    missed = false;
    failures = 0;
    connection.set("live");
  };
  const take = (message: Message) => {
    if (message.id !== null) lastId = message.id;
    options.onMessage(message);
    if (message.event === "execution_completed" && options.endless !== true) {
      connection.set("ended");
    }
  };
  const fail = () => {
    failures += 1;
    const polling = failures >= FAILURES_BEFORE_POLLING;
    connection.set(polling ? "polling" : "reconnecting");
    missed ||= polling;
    if (polling) options.onPoll();
  };
  const isOver = () => stop.signal.aborted || connection.get() === "ended";

  /** Opens a stream and reads it to its end; whether another is wanted at once. */
  const attempt = async (seen: AbortSignal): Promise<boolean> => {
    const returned = new AbortController();
    let forget: (() => void) | undefined;
    const begin = () => {
      opened();
      // A server that was away knows nothing of streams from before, whatever
      // somebody in between makes of them.
      forget = reachability.onReturn(() => returned.abort());
    };
    try {
      const body = (signal: AbortSignal) => open(options.path, lastId, signal);
      await read(body, AbortSignal.any([seen, returned.signal]), begin, take);
    } catch (error) {
      if (isFinal(error)) connection.set("ended");
    }
    forget?.();
    return returned.signal.aborted;
  };
  const follow = async (seen: AbortSignal) => {
    const isLeft = () => isOver() || seen.aborted;
    while (!isLeft()) {
      const again = await attempt(seen);
      if (isLeft()) return;
      if (again) {
        connection.set("reconnecting");
        continue;
      }
      // It broke off, or never began.
      fail();
      await pause(delayAfter(failures), seen);
    }
  };
  /** As long as somebody looks, and from when there is a stream left. */
  const followWhileSeen = async (seen: AbortSignal) => {
    if (options.turn === undefined) return follow(seen);
    let timer: ReturnType<typeof setInterval> | undefined;
    const giveBack = await options.turn(seen, () => {
      missed = true;
      connection.set("queued");
      options.onPoll();
      timer = setInterval(options.onPoll, QUEUED_POLL_MS);
    });
    clearInterval(timer);
    if (giveBack === undefined) return;
    if (connection.get() === "queued") connection.set("connecting");
    await follow(seen);
    giveBack();
  };
  const run = async () => {
    while (!isOver()) {
      if (document.hidden) {
        missed = true;
        await whenSeen(stop.signal);
      }
      if (isOver()) return;
      const unseen = untilUnseen();
      await followWhileSeen(AbortSignal.any([stop.signal, unseen.signal]));
      unseen.stop();
      if (!isOver()) connection.set("reconnecting");
    }
  };
  void run();

  const close = () => {
    stop.abort();
  };
  /** What has come another way need not come again. */
  const skipTo = (id: string) => {
    lastId = id;
  };
  return { connection, close, skipTo };
}

/** Refusals that another attempt would only repeat. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404].includes(error.status);
}

async function read(
  open: (signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>,
  stop: AbortSignal,
  opened: () => void,
  take: (message: Message) => void,
): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE_MS);
  const signal = AbortSignal.any([stop, silent.signal]);
  try {
    const body = await open(signal);
    opened();
    const parse = createParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MS);
      for (const message of parse(decoder.decode(value, { stream: true }))) take(message);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Waits, or less when the network or the server is back. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", end);
      window.removeEventListener("online", end);
      forget();
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener("abort", end);
    window.addEventListener("online", end);
    const forget = reachability.onReturn(end);
  });
}
