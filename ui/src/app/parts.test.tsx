import { act, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { reachability } from "@/api/reachability";
import { fakeServer, FLAGS } from "@/testing/server";

import { loadParts, part } from "./parts";

const Page = () => <p>The page</p>;
const there = () => Promise.resolve({ Page });
const notThere = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
});
afterEach(() => {
  reachability.report("reachable");
});

async function show(shown: ReturnType<typeof part>) {
  const Part = shown;
  render(
    <Suspense fallback="…">
      <Part />
    </Suspense>,
  );
  await act(() => Promise.resolve());
}

it("is there as soon as its file is", async () => {
  await show(part(there, "Page"));
  expect(await screen.findByText("The page")).toBeVisible();
});

it("stays where it is while the server is away, and comes when that is back", async () => {
  const importFile = vi.fn<typeof there>(notThere);
  const reload = vi.fn(() => true);
  await show(part(importFile, "Page", { reload }));
  expect(await screen.findByText("The server is not there")).toBeVisible();
  expect(reachability.get()).toBe("unreachable");
  importFile.mockImplementation(there);
  act(() => reachability.report("reachable"));
  expect(await screen.findByText("The page")).toBeVisible();
  expect(reload).not.toHaveBeenCalled();
});

it("asks for a new page where the server has other files by now", async () => {
  fakeServer({ "GET /config/feature-flags": () => FLAGS });
  const reload = vi.fn(() => true);
  await show(part(notThere, "Page", { reload }));
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
});

it("says that the file is not there, not the server, until it is", async () => {
  fakeServer({ "GET /config/feature-flags": () => FLAGS });
  const importFile = vi.fn<typeof there>(notThere);
  await show(part(importFile, "Page", { reload: () => false }));
  expect(await screen.findByText("This part of the program is not there")).toBeVisible();
  expect(screen.queryByText("The server is not there")).toBeNull();
  importFile.mockImplementation(there);
  act(() => reachability.report("unreachable"));
  act(() => reachability.report("reachable"));
  expect(await screen.findByText("The page")).toBeVisible();
});

it("is loaded before it is needed, with what it brings", async () => {
  const inner = vi.fn(there);
  const outer = vi.fn(() => {
    part(inner, "Page");
    return there();
  });
  fakeServer({ "GET /config/feature-flags": () => FLAGS });
  part(outer, "Page");
  await loadParts();
  expect(outer).toHaveBeenCalledOnce();
  expect(inner).toHaveBeenCalledOnce();
});
