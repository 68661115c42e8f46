import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { expect, it, vi } from "vitest";

import { executionKeys } from "./executions";
import { useNews } from "./news";
import { newsConnection, pollEvery } from "./query";
import { workflowKeys } from "./workflows";

const openStream = vi.hoisted(() => vi.fn());
vi.mock("./client", async (load) => ({ ...(await load<object>()), openStream }));

it("has lists asked again for what happens, and asks seldom meanwhile", async () => {
  let say: (text: string) => void = () => undefined;
  openStream.mockImplementation(() => {
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        say = (text) => stream.enqueue(new TextEncoder().encode(text));
      },
    });
    return Promise.resolve(body);
  });
  const queries = new QueryClient();
  queries.setQueryData(executionKeys.inbox, { items: [] });
  const again = vi.spyOn(queries, "invalidateQueries");
  const wrapper = ({ children }: { children: ReactNode }) =>
    createElement(QueryClientProvider, { client: queries }, children);
  const { unmount } = renderHook(() => useNews(true), { wrapper });
  await vi.waitFor(() => expect(newsConnection.get()).toBe("live"));
  expect(pollEvery(3_000)).toBe(30_000);
  say('event: stream_opened\nid: 4\ndata: {"position":4}\n\n');
  say('event: stage_started\nid: 5\ndata: {"stage_id":"a"}\n\n');
  const askedFor = (queryKey: readonly unknown[]) =>
    again.mock.calls.filter(([filters]) => filters?.queryKey === queryKey).length;
  await vi.waitFor(() => expect(askedFor(executionKeys.filtered)).toBe(1));
  expect(askedFor(workflowKeys.lists)).toBe(0);
  // Nothing begins to wait, and nothing that waits has changed.
  expect(askedFor(executionKeys.inbox)).toBe(0);
  say('event: execution_completed\nid: 6\ndata: {"status":"completed"}\n\n');
  await vi.waitFor(() => expect(askedFor(workflowKeys.lists)).toBe(1));
  expect(askedFor(executionKeys.inbox)).toBe(0);
  say('event: stage_waiting_for_approval\nid: 7\ndata: {"execution_id":"r","stage_id":"g"}\n\n');
  await vi.waitFor(() => expect(askedFor(executionKeys.inbox)).toBe(1));
  expect(newsConnection.get()).toBe("live");
  // Lists that nobody looks at wait until somebody does; what may be told as a note does not.
  const before = askedFor(executionKeys.filtered);
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  say('event: stage_waiting_for_approval\nid: 8\ndata: {"execution_id":"r","stage_id":"h"}\n\n');
  await vi.waitFor(() => expect(askedFor(executionKeys.inbox)).toBe(2));
  expect(askedFor(executionKeys.filtered)).toBe(before);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.waitFor(() => expect(askedFor(executionKeys.filtered)).toBe(before + 1));
  hidden.mockRestore();
  unmount();
  expect(pollEvery(3_000)).toBe(3_000);
});
