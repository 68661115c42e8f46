import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";

import type { RunEvent } from "@/model/run-events";
import { sampleRun } from "@/testing/samples";

import { type LogLine, useLiveRun } from "./live";
import { createQueryClient } from "./query";

const RUN = sampleRun({ steps: [] });

/** Answers for a run, with a stream that the test writes into. */
function serve() {
  let run = RUN;
  let writer: ReadableStreamDefaultController<Uint8Array> | undefined;
  const asked: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request);
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/logs")) return Promise.resolve(Response.json({ items: [{ seq: 7 }] }));
    if (!pathname.endsWith("/stream")) return Promise.resolve(Response.json(run));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        writer = controller;
      },
    });
    return Promise.resolve(new Response(body));
  });
  return {
    asked,
    become: (next: typeof RUN) => {
      run = next;
    },
    say: (event: string, id: string, data: object) =>
      writer?.enqueue(
        new TextEncoder().encode(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`),
      ),
    isOpen: () => writer !== undefined,
  };
}

function open() {
  const queries = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  return renderHook(() => useLiveRun(RUN.id), { wrapper });
}

describe("useLiveRun", () => {
  it("shows at once what the stream says, after the log that is there already", async () => {
    const server = serve();
    const { result, unmount } = open();
    await waitFor(() => expect(result.current.connection).toBe("live"));
    const stream = server.asked.find(({ url }) => url.endsWith("/stream"));
    expect(stream?.headers.get("Last-Event-ID")).toBe("0.7");

    const lines: LogLine[] = [];
    const events: RunEvent[] = [];
    result.current.listen({
      onLine: (line) => lines.push(line),
      onEvent: (event) => events.push(event),
    });
    server.become({ ...RUN, status: "paused" });
    act(() => {
      server.say("log_line", "2.8", { seq: 8, stage_id: "a", message: "hello" });
      server.say("execution_paused", "3.8", { at: "2026-03-05T12:00:05Z", by: "anna" });
    });
    await waitFor(() => expect(result.current.data?.status).toBe("paused"));
    expect(lines.map(({ message }) => message)).toEqual(["hello"]);
    expect(events.map(({ name }) => name)).toEqual(["execution_paused"]);
    unmount();
  });

  it("does not follow what has ended", async () => {
    const server = serve();
    server.become({ ...RUN, status: "completed" });
    const { result } = open();
    await waitFor(() => expect(result.current.connection).toBe("ended"));
    expect(server.isOpen()).toBe(false);
  });
});
