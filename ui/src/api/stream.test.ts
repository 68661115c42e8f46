import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "./problem";
import { reachability } from "./reachability";
import type { Message } from "./sse";
import {
  delayAfter,
  FAILURES_BEFORE_POLLING,
  followRun,
  QUEUED_POLL_MS,
  SILENCE_MS,
  type StreamOptions,
} from "./stream";
import { UNSEEN_MS } from "./visibility";

const encode = (text: string) => new TextEncoder().encode(text);

/** A body that says these messages, then ends or stays open. */
function body(text: string, stays = false): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encode(text));
      if (!stays) controller.close();
    },
  });
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function look(hidden: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

function follow(
  open: (after: string | null) => ReadableStream<Uint8Array>,
  more: Partial<StreamOptions> = {},
) {
  const messages: Message[] = [];
  const onPoll = vi.fn();
  const asked: (string | null)[] = [];
  const run = followRun({
    path: "/stream",
    onMessage: (message) => messages.push(message),
    onPoll,
    open: (_path, after, signal) => {
      asked.push(after);
      const opened = open(after);
      // Like fetch, whose body fails when it is given up.
      return Promise.resolve(
        opened.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal }),
      );
    },
    ...more,
  });
  return { run, messages, onPoll, asked };
}

describe("delayAfter", () => {
  it("doubles from two seconds and stays below half a minute", () => {
    expect([1, 2, 3, 4, 5, 9].map(delayAfter)).toEqual([2000, 4000, 8000, 16000, 30000, 30000]);
  });
});

describe("followRun", () => {
  it("ends with the run", async () => {
    const { run, messages } = follow(() =>
      body("event: execution_completed\nid: 9.0\ndata: {}\n\n"),
    );
    await settle();
    expect(messages.map((message) => message.event)).toEqual(["execution_completed"]);
    expect(run.connection.get()).toBe("ended");
  });

  it("comes back with the last id after the stream broke off", async () => {
    const { run, asked } = follow((after) =>
      after === null
        ? body("event: stage_started\nid: 2.0\ndata: {}\n\n")
        : body("event: stage_completed\nid: 3.0\ndata: {}\n\n", true),
    );
    await settle();
    expect(run.connection.get()).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(delayAfter(1));
    expect(asked).toEqual([null, "2.0"]);
    expect(run.connection.get()).toBe("live");
    run.close();
  });

  it("polls after five failures, and is live again when it can", async () => {
    let works = false;
    const { run, onPoll } = follow(() => {
      if (works) return body(": hello\n\n", true);
      throw new Error("refused");
    });
    for (let failure = 1; failure < FAILURES_BEFORE_POLLING; failure += 1) {
      await settle();
      expect(run.connection.get()).toBe("reconnecting");
      await vi.advanceTimersByTimeAsync(delayAfter(failure));
    }
    expect(run.connection.get()).toBe("polling");
    expect(onPoll).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(onPoll).toHaveBeenCalledTimes(2);
    works = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(run.connection.get()).toBe("live");
    run.close();
  });

  it("gives up a line that is silent", async () => {
    const { run } = follow(() => body(": hello\n\n", true));
    await settle();
    expect(run.connection.get()).toBe("live");
    await vi.advanceTimersByTimeAsync(SILENCE_MS + 1);
    expect(run.connection.get()).toBe("reconnecting");
    run.close();
  });

  it("resumes at once when a server that was away is back", async () => {
    const { run, asked } = follow(() => body("event: stage_started\nid: 2.0\ndata: {}\n\n", true));
    await settle();
    reachability.report("unreachable");
    reachability.report("reachable");
    await settle();
    expect(asked).toEqual([null, "2.0"]);
    expect(run.connection.get()).toBe("live");
    run.close();
  });

  it("does not wait any longer when another request has found the server", async () => {
    let works = false;
    const { run } = follow(() => {
      if (works) return body(": hello\n\n", true);
      throw new Error("refused");
    });
    await settle();
    expect(run.connection.get()).toBe("reconnecting");
    works = true;
    reachability.report("unreachable");
    reachability.report("reachable");
    await settle();
    expect(run.connection.get()).toBe("live");
    run.close();
  });

  it("does not ask again for what is not there", async () => {
    const { run, asked } = follow(() => {
      throw new ApiError("not_found", "there is no such run", 404);
    });
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    expect(run.connection.get()).toBe("ended");
  });

  it("opens nothing before somebody looks, and gives it back soon when nobody does", async () => {
    look(true);
    const { run, asked, onPoll } = follow(() => body(": hello\n\n", true));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual([]);
    look(false);
    await settle();
    expect(run.connection.get()).toBe("live");
    // What happened before that nobody has told.
    expect(onPoll).toHaveBeenCalledTimes(1);
    look(true);
    await vi.advanceTimersByTimeAsync(UNSEEN_MS - 1);
    expect(run.connection.get()).toBe("live");
    await vi.advanceTimersByTimeAsync(1);
    expect(run.connection.get()).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    run.close();
  });

  it("asks every few seconds while others have the streams, and has its own as soon as it may", async () => {
    let begin: (giveBack: () => void) => void = () => undefined;
    const giveBack = vi.fn();
    const { run, asked, onPoll } = follow(() => body(": hello\n\n", true), {
      turn: (_signal, onWait) => {
        onWait();
        return new Promise((done) => {
          begin = done;
        });
      },
    });
    await settle();
    expect(run.connection.get()).toBe("queued");
    expect(onPoll).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2 * QUEUED_POLL_MS);
    expect(onPoll).toHaveBeenCalledTimes(3);
    expect(asked).toEqual([]);
    begin(giveBack);
    await settle();
    expect(run.connection.get()).toBe("live");
    expect(onPoll).toHaveBeenCalledTimes(4);
    await vi.advanceTimersByTimeAsync(2 * QUEUED_POLL_MS);
    expect(onPoll).toHaveBeenCalledTimes(4);
    expect(giveBack).not.toHaveBeenCalled();
    look(true);
    await vi.advanceTimersByTimeAsync(UNSEEN_MS);
    expect(giveBack).toHaveBeenCalledTimes(1);
    run.close();
  });
});
