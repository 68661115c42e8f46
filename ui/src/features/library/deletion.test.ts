import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { toast } from "@/components/toast";
import { sampleWorkflow } from "@/testing/samples";
import { fakeServer, Refusal } from "@/testing/server";

import { deleteWithUndo, doomed } from "./deletion";

const WORKFLOW = sampleWorkflow();

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("deleteWithUndo", () => {
  it("hides at once, and deletes when nobody has taken it back", async () => {
    const server = fakeServer({
      "POST /workflows/batch/delete": () => ({
        results: [{ id: WORKFLOW.id, success: true, error: null }],
        succeeded: 1,
        failed: 0,
      }),
    });
    deleteWithUndo(new QueryClient(), [WORKFLOW]);
    expect(doomed.get().has(WORKFLOW.id)).toBe(true);
    expect(server.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(6_000);
    await vi.waitFor(() => expect(doomed.get().size).toBe(0));
    expect(server.asked[0]?.body).toEqual({ ids: [WORKFLOW.id] });
  });

  it("shows again what the server did not delete", async () => {
    fakeServer({
      "POST /workflows/batch/delete": () => ({
        results: [{ id: WORKFLOW.id, success: false, error: "A run is under way" }],
        succeeded: 0,
        failed: 1,
      }),
    });
    deleteWithUndo(new QueryClient(), [WORKFLOW]);
    await vi.advanceTimersByTimeAsync(6_000);
    await vi.waitFor(() => expect(doomed.get().size).toBe(0));
  });

  it("says how many are left when it breaks off", async () => {
    const told = vi.spyOn(toast, "error");
    const many = Array.from({ length: 60 }, (_, index) => sampleWorkflow({ id: `w${index}` }));
    const server = fakeServer({
      "POST /workflows/batch/delete": ({ body }) => {
        if (server.asked.length > 1) return new Refusal(507, "storage_full", "The disk is full");
        const { ids } = body as { ids: string[] };
        return { results: ids.map((id) => ({ id, success: true, error: null })) };
      },
    });
    deleteWithUndo(new QueryClient(), many);
    await vi.advanceTimersByTimeAsync(6_000);
    await vi.waitFor(() => expect(told).toHaveBeenCalledOnce());
    expect(told.mock.calls[0]?.[0]).toBe("Not deleted: 10 of 60");
    await vi.waitFor(() => expect(doomed.get().size).toBe(0));
    told.mockRestore();
  });
});
