import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { itemsOf, makeRun, makeStep } from "@/testing/runs";

const made: { title: string; onclick?: () => void; close: () => void }[] = [];

class FakeNotification {
  static permission = "default";
  static requestPermission = () => {
    FakeNotification.permission = "granted";
    return Promise.resolve("granted");
  };
  readonly close = vi.fn();
  constructor(readonly title: string) {
    made.push(this);
  }
}

beforeEach(() => {
  made.length = 0;
  vi.resetModules();
  vi.stubGlobal("Notification", FakeNotification);
});
afterEach(() => vi.unstubAllGlobals());

const step = makeStep({ stage_id: "g", stage_type: "gate", status: "waiting_for_approval" });
const items = itemsOf([makeRun({ status: "waiting_for_approval", steps: [step] })]);

it("tells what is new, to those who asked for it and look elsewhere", async () => {
  const { createTeller, notifications } = await import("./notifications");
  const open = vi.fn();
  const tell = createTeller(open);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  tell([]);
  tell(items);
  expect(made).toHaveLength(0);
  await notifications.turnOn();
  expect(notifications.get()).toBe("on");
  tell([]);
  tell(items);
  tell(items);
  expect(made.map(({ title }) => title)).toEqual(["Stage g waits for approval"]);
  made[0]?.onclick?.();
  expect(open).toHaveBeenCalledWith(items[0]);
  notifications.turnOff();
  expect(notifications.get()).toBe("off");
  vi.restoreAllMocks();
});

it("knows browsers that cannot or may not", async () => {
  FakeNotification.permission = "denied";
  const denied = await import("./notifications");
  expect(denied.notifications.get()).toBe("denied");
});
