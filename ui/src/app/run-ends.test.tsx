import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Execution } from "@/api/executions";
import { openPage } from "@/testing/open-page";
import { makeRun, makeStep } from "@/testing/runs";
import { fakeServer, FLAGS, page, Stream } from "@/testing/server";

import { notifications } from "./notifications";
import { watched } from "./watched";

const made: { title: string; body: string; onclick?: () => void }[] = [];

class FakeNotification {
  static permission = "granted";
  static requestPermission = () => Promise.resolve("granted");
  readonly close = vi.fn();
  readonly body: string;
  constructor(
    readonly title: string,
    { body }: { body: string },
  ) {
    this.body = body;
    made.push(this);
  }
}

beforeEach(async () => {
  made.length = 0;
  vi.stubGlobal("Notification", FakeNotification);
  await notifications.turnOn();
});
afterEach(() => {
  notifications.turnOff();
  watched.drop(watched.get());
  vi.restoreAllMocks();
});

const AT = "2026-01-01T10:00:00Z";
const mine = makeRun({ id: "11111111", steps: [makeStep({ status: "running" })] });
const theirs = makeRun({ id: "22222222", workflow_name: "Another" });

it("tells whoever looks elsewhere that a run they have looked at has ended", async () => {
  let run: Execution = mine;
  let ended: Execution[] = [];
  const news = new Stream();
  const server = fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /inbox": () => page([]),
    "GET /events/stream": () => news,
    "GET /workflow-executions": ({ query }) =>
      page(query.get("status") === "completed,failed,cancelled" ? ended : []),
    "GET /workflow-executions/*": () => run,
    "GET /workflow-executions/*/events": () => page([]),
    "GET /workflow-executions/*/logs": () => page([]),
    "GET /workflow-executions/*/stream": () => new Stream(),
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
  await waitFor(() => expect(made).toHaveLength(1));
  expect(made[0]).toMatchObject({ title: "First Steps failed", body: "no ink" });
  expect(watched.get()).toEqual([]);
  act(() => made[0]?.onclick?.());
  await waitFor(() =>
    expect(router.state.location.pathname).toBe("/workflows/executions/11111111"),
  );
});

it("keeps the newest of those that are watched, each once", () => {
  for (let id = 0; id < 60; id += 1) watched.add(String(id));
  watched.add("59");
  expect(watched.get()).toHaveLength(50);
  watched.drop(["59", "unknown"]);
  expect(watched.get().at(-1)).toBe("58");
  expect(JSON.parse(localStorage.getItem("baton.watched") ?? "")).toHaveLength(49);
});
