import { InfiniteQueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { sampleRun, sampleWorkflow } from "@/testing/samples";
import { fakeServer, page } from "@/testing/server";

import { createQueryClient, newsConnection } from "./query";
import { buildWorkflowsQuery } from "./workflows";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  newsConnection.set("connecting");
  vi.useRealTimers();
});

it.each([
  ["seldom while the news say when", "live", 1],
  ["often while nobody says when", "reconnecting", 4],
] as const)("asks for workflows whose runs move: %s", async (_when, news, times) => {
  const moving = sampleWorkflow({ last_execution: { ...sampleRun(), run_id: "r" } });
  const server = fakeServer({ "GET /workflows": () => page([moving]) });
  newsConnection.set(news);
  const list = new InfiniteQueryObserver(createQueryClient(), buildWorkflowsQuery({}));
  const leave = list.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(9_500);
  expect(server.to("GET", "/workflows")).toHaveLength(times);
  leave();
});
