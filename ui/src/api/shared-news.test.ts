import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { giveLocks } from "@/testing/locks";

import { hearNews } from "./shared-news";

const openStream = vi.hoisted(() => vi.fn());
vi.mock("./client", async (load) => ({ ...(await load<object>()), openStream }));

/** The streams that are open, and how to say something through the last of them. */
function serve() {
  const after: (string | null)[] = [];
  let writer: ReadableStreamDefaultController<Uint8Array> | undefined;
  openStream.mockImplementation((_path: string, last: string | null, signal: AbortSignal) => {
    after.push(last);
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        writer = stream;
        signal.addEventListener("abort", () => stream.error(signal.reason));
      },
    });
    return Promise.resolve(body);
  });
  const say = (id: string) =>
    writer?.enqueue(new TextEncoder().encode(`event: stage_started\nid: ${id}\ndata: {}\n\n`));
  return { after, say };
}

function openTab() {
  const heard: (string | null)[] = [];
  const onMissed = vi.fn();
  const news = hearNews({ onMessage: ({ id }) => heard.push(id), onMissed });
  return { ...news, heard, onMissed };
}

beforeEach(() => {
  giveLocks();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("has one stream for all tabs, which all hear, and know how", async () => {
  const server = serve();
  const first = openTab();
  await vi.waitFor(() => expect(first.connection.get()).toBe("live"));
  const second = openTab();
  await vi.waitFor(() => expect(second.connection.get()).toBe("live"));
  server.say("5");
  await vi.waitFor(() => expect(second.heard).toEqual(["5"]));
  expect(first.heard).toEqual(["5"]);
  expect(server.after).toEqual([null]);
  expect([first.onMissed.mock.calls, second.onMissed.mock.calls]).toEqual([[], []]);
  second.close();
  first.close();
});

it("goes on in another tab, from what was heard last, and all ask for what they may have missed", async () => {
  const server = serve();
  const first = openTab();
  await vi.waitFor(() => expect(first.connection.get()).toBe("live"));
  const others = [openTab(), openTab()] as const;
  const [second, third] = others;
  await vi.waitFor(() => expect(third.connection.get()).toBe("live"));
  server.say("5");
  await vi.waitFor(() => expect(second.heard).toEqual(["5"]));
  first.close();
  for (const tab of others) {
    await vi.waitFor(() => expect(tab.onMissed).toHaveBeenCalledOnce());
    await vi.waitFor(() => expect(tab.connection.get()).toBe("live"));
  }
  expect(server.after).toEqual([null, "5"]);
  server.say("6");
  for (const tab of others) await vi.waitFor(() => expect(tab.heard).toEqual(["5", "6"]));
  expect(first.heard).toEqual(["5"]);
  second.close();
  third.close();
});

it("leaves the stream to others when it is closed before its turn comes", async () => {
  const failed = vi.fn();
  process.on("unhandledRejection", failed);
  const server = serve();
  openTab().close();
  const second = openTab();
  await vi.waitFor(() => expect(second.connection.get()).toBe("live"));
  expect(server.after).toEqual([null]);
  expect(failed).not.toHaveBeenCalled();
  process.off("unhandledRejection", failed);
  second.close();
});

it("tells the others when nobody hears any more", async () => {
  serve();
  const first = openTab();
  await vi.waitFor(() => expect(first.connection.get()).toBe("live"));
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const second = openTab();
  await vi.waitFor(() => expect(second.connection.get()).toBe("live"));
  window.dispatchEvent(new Event("pagehide"));
  await vi.waitFor(() => expect(second.connection.get()).toBe("reconnecting"));
  vi.restoreAllMocks();
  second.close();
  first.close();
});

it("has a stream of its own where tabs know nothing of each other", async () => {
  vi.unstubAllGlobals();
  const server = serve();
  const tabs = [openTab(), openTab()];
  for (const tab of tabs) {
    await vi.waitFor(() => expect(tab.connection.get()).toBe("live"));
  }
  server.say("5");
  await vi.waitFor(() => expect(tabs[1]?.heard).toEqual(["5"]));
  expect(tabs[0]?.heard).toEqual([]);
  expect(server.after).toEqual([null, null]);
  for (const tab of tabs) tab.close();
});
