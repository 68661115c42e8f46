import { QueryObserver } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { buildEndedQuery, type Execution } from "@/api/executions";
import { createQueryClient } from "@/api/query";
import { FakeNotification, notes } from "@/testing/notification";
import { openPage } from "@/testing/open-page";
import { serveRun } from "@/testing/run-page";
import { makeRun, makeStep } from "@/testing/runs";
import { page, Stream } from "@/testing/server";

import { notifications } from "./notifications";
import { watched } from "./watched";

beforeEach(async () => {
  notes.length = 0;
  vi.stubGlobal("Notification", FakeNotification);
  await notifications.turnOn();
});
afterEach(() => {
  notifications.turnOff();
  watched.drop(watched.get());
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const AT = "2026-01-01T10:00:00Z";
const mine = makeRun({ id: "11111111", steps: [makeStep({ status: "running" })] });
const theirs = makeRun({ id: "22222222", workflow_name: "Another" });

it("tells whoever looks elsewhere that a run they have looked at has ended", async () => {
  let run: Execution = mine;
  let ended: Execution[] = [];
  const news = new Stream();
  const server = serveRun(() => run, {
    "GET /inbox": () => page([]),
    "GET /events/stream": () => news,
    "GET /workflow-executions": ({ query }) =>
      page(query.get("status") === "completed,failed,cancelled" ? ended : []),
  });
  const { router } = openPage("/workflows/executions/11111111?view=table");
  await screen.findByRole("heading", { name: "First Steps" });
  expect(watched.get()).toEqual(["11111111"]);
  await act(() => router.navigate({ to: "/settings" }));
  await waitFor(() => {
    const asked = server.to("GET", "/workflow-executions");
    expect(asked.some(({ query }) => query.get("sort_by") === "completed_at")).toBe(true);
  });
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  run = { ...mine, status: "failed", error_message: "no ink" };
  ended = [{ ...theirs, status: "completed" }, run];
  news.say("execution_completed", "9", { execution_id: "11111111", at: AT });
  await waitFor(() => expect(notes).toHaveLength(1));
  expect(notes[0]).toMatchObject({ title: "First Steps failed", body: "no ink" });
  expect(watched.get()).toEqual([]);
  act(() => notes[0]?.onclick?.());
  await waitFor(() =>
    expect(router.state.location.pathname).toBe("/workflows/executions/11111111"),
  );
});

it("takes for no news what had ended before anybody asked", async () => {
  watched.add(mine.id);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  serveRun(() => mine, {
    "GET /inbox": () => page([]),
    "GET /workflow-executions": () => page([{ ...mine, status: "completed" }]),
  });
  openPage("/settings");
  await waitFor(() => expect(watched.get()).toEqual([]));
  expect(notes).toEqual([]);
});

it("watches what goes on of what is looked at, and asks for whoever wants to be told", async () => {
  let run: Execution = { ...theirs, status: "completed" };
  const server = serveRun(() => run, { "GET /inbox": () => page([]) });
  const asked = () =>
    server
      .to("GET", "/workflow-executions")
      .filter(({ query }) => query.get("sort_by") === "completed_at");
  const { router } = openPage("/settings");
  await screen.findByRole("heading", { name: "Settings" });
  const look = async ({ id: runId, workflow_name: name }: Execution) => {
    const to = "/workflows/executions/$runId";
    await act(() => router.navigate({ to, params: { runId }, search: { view: "table" } }));
    await screen.findByRole("heading", { name });
  };
  await look(run);
  expect(watched.get()).toEqual([]);
  expect(asked()).toEqual([]);
  act(() => notifications.turnOff());
  run = mine;
  await look(run);
  expect(watched.get()).toEqual([mine.id]);
  expect(asked()).toEqual([]);
  await act(() => notifications.turnOn());
  await waitFor(() => expect(asked()).toHaveLength(1));
});

it("asks on while nobody looks", async () => {
  vi.useFakeTimers();
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  const server = serveRun(() => mine);
  const leave = new QueryObserver(createQueryClient(), buildEndedQuery()).subscribe(
    () => undefined,
  );
  await vi.advanceTimersByTimeAsync(4_000);
  expect(server.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.asked).toHaveLength(2);
  leave();
});

it("keeps the newest of those that are watched, each once", () => {
  for (let id = 0; id < 60; id += 1) watched.add(String(id));
  watched.add("59");
  expect(watched.get()).toHaveLength(50);
  watched.drop(["59", "unknown"]);
  expect(watched.get().at(-1)).toBe("58");
  expect(JSON.parse(localStorage.getItem("baton.watched") ?? "")).toHaveLength(49);
});
