import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { FakeNotification, notes } from "@/testing/notification";
import { itemsOf, makeRun, makeStep } from "@/testing/runs";

beforeEach(() => {
  notes.length = 0;
  FakeNotification.permission = "default";
  vi.resetModules();
  vi.stubGlobal("Notification", FakeNotification);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const step = makeStep({ stage_id: "g", stage_type: "gate", status: "waiting_for_approval" });
const items = itemsOf([makeRun({ status: "waiting_for_approval", steps: [step] })]);

it("tells what is new, to those who asked for it and look elsewhere", async () => {
  const { createTeller, notifications } = await import("./notifications");
  const open = vi.fn();
  const tell = createTeller(open);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  tell([]);
  tell(items);
  expect(notes).toHaveLength(0);
  await notifications.turnOn();
  expect(notifications.get()).toBe("on");
  tell([]);
  tell(items);
  tell(items);
  expect(notes.map(({ title }) => title)).toEqual(["Stage g waits for approval"]);
  notes[0]?.onclick?.();
  expect(open).toHaveBeenCalledWith(items[0]);
  notifications.turnOff();
  expect(notifications.get()).toBe("off");
});

it("tells how a run has ended, and why or with what it was started", async () => {
  const { notifications, tellEnd } = await import("./notifications");
  await notifications.turnOn();
  const open = vi.fn();
  const run = makeRun({ id: "r", status: "completed", parameters: { topic: "birds" } });
  tellEnd(run, open);
  // Whoever looks at the page sees it there.
  expect(notes).toHaveLength(0);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  tellEnd(run, open);
  tellEnd({ ...run, id: "s", status: "failed", error_message: "no ink" }, open);
  expect(notes).toMatchObject([
    { title: "First Steps completed", body: "topic=birds", tag: "r" },
    { title: "First Steps failed", body: "no ink", tag: "s" },
  ]);
  notes[0]?.onclick?.();
  expect(open).toHaveBeenCalledOnce();
  expect(notes[0]?.close).toHaveBeenCalledOnce();
});

it("knows browsers that cannot or may not", async () => {
  FakeNotification.permission = "denied";
  const denied = await import("./notifications");
  expect(denied.notifications.get()).toBe("denied");
});
