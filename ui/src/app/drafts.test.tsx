import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { session } from "@/api/session";

import { useKept } from "./drafts";

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

const open = () => renderHook(() => useKept("run:w", "")).result;

it("is there again, until it is cleared", () => {
  const first = open();
  act(() => first.current[1]("birds"));
  expect(open().current[0]).toBe("birds");
  act(() => first.current[2]());
  expect(open().current[0]).toBe("");
});

it("begins empty where what was kept cannot be read", () => {
  sessionStorage.setItem("baton.draft.run:w", "{");
  expect(open().current[0]).toBe("");
});

it("can be written where the browser does not keep it, and nothing older comes back", () => {
  const draft = open();
  act(() => draft.current[1]("short"));
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  act(() => draft.current[1]("far too long"));
  expect(draft.current[0]).toBe("far too long");
  expect(open().current[0]).toBe("");
});

it("is gone with whoever signs out; what is not theirs stays", () => {
  const draft = open();
  act(() => draft.current[1]("birds"));
  sessionStorage.setItem("baton.reloaded", "1");
  session.signOut();
  expect(open().current[0]).toBe("");
  expect(sessionStorage.getItem("baton.reloaded")).toBe("1");
});
