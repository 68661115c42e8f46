import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";

import { sampleRun } from "@/testing/samples";
import { fakeServer, page, Refusal } from "@/testing/server";

import { type Execution, executionKeys } from "./executions";
import { useControlRun, useControlRuns, useReply, useRerun } from "./steering";
import { createQueryClient } from "./query";

const RUN = sampleRun();

function open<T>(use: () => T) {
  const queries = createQueryClient();
  queries.setQueryData(executionKeys.detail(RUN.id), RUN);
  queries.setQueryData(executionKeys.list({}), { pages: [page([RUN])], pageParams: [""] });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(use, { wrapper });
  const status = () => queries.getQueryData<Execution>(executionKeys.detail(RUN.id))?.status;
  const listed = () =>
    queries.getQueryData<{ pages: { items: Execution[] }[] }>(executionKeys.list({}))?.pages[0]
      ?.items[0]?.status;
  return { result, queries, status, listed };
}

describe("controlling a run", () => {
  it("shows what will be at once, everywhere", async () => {
    let answer: (run: Execution) => void = () => undefined;
    fakeServer({
      "POST /workflow-executions/*/pause": () =>
        new Promise((done) => {
          answer = done;
        }),
    });
    const { result, status, listed } = open(useControlRun);
    act(() => {
      result.current.mutate({ id: RUN.id, control: "pause", reason: "Lunch" });
    });
    await waitFor(() => expect(status()).toBe("paused"));
    expect(listed()).toBe("paused");
    act(() => {
      answer({ ...RUN, status: "paused" });
    });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
  });

  it("takes it back when it is refused", async () => {
    fakeServer({
      "POST /workflow-executions/*/cancel": () => new Refusal(409, "illegal_state", "It has ended"),
    });
    const { result, status, listed } = open(useControlRun);
    act(() => {
      result.current.mutate({ id: RUN.id, control: "cancel" });
    });
    await waitFor(() => expect(result.current.isError).toBe(true));
    expect(result.current.error?.message).toBe("It has ended");
    expect(status()).toBe("running");
    expect(listed()).toBe("running");
  });

  it("takes it back in a list, too, when nobody answers", async () => {
    fakeServer({
      "POST /workflow-executions/*/pause": () => {
        throw new TypeError("Failed to fetch");
      },
    });
    const { result, queries, listed } = open(useControlRun);
    queries.removeQueries({ queryKey: executionKeys.detail(RUN.id) });
    const seen: (string | undefined)[] = [];
    queries.getQueryCache().subscribe(() => seen.push(listed()));
    act(() => {
      result.current.mutate({ id: RUN.id, control: "pause" });
    });
    await waitFor(() => expect(result.current.isError).toBe(true));
    expect(seen).toContain("paused");
    expect(listed()).toBe("running");
  });

  it("does the same for many", async () => {
    const server = fakeServer({
      "POST /workflow-executions/batch/resume": () => ({ results: [], succeeded: 1, failed: 0 }),
    });
    const { result } = open(useControlRuns);
    act(() => {
      result.current.mutate({ ids: [RUN.id], control: "resume" });
    });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    expect(server.asked[0]?.body).toEqual({ execution_ids: [RUN.id] });
  });
});

describe("answering a run", () => {
  it("says which of the stage's turns is meant", async () => {
    const server = fakeServer({
      "POST /workflow-executions/*/gates/review/approve": () => ({ id: "s", stage_id: "review" }),
      "POST /workflow-executions/*/steps/draft/answer": () => ({ id: "s", stage_id: "draft" }),
      "POST /workflow-executions/*/steps/draft/reopen": () => ({ id: "s", stage_id: "draft" }),
    });
    const { result } = open(() => useReply(RUN.id));
    await act(async () => {
      await result.current.mutateAsync({ kind: "approve", stage: "review", iteration: 2 });
      const answers = { Tone: "plain" };
      await result.current.mutateAsync({ kind: "answer", stage: "draft", dispatch: 3, answers });
      await result.current.mutateAsync({ kind: "reopen", stage: "draft", feedback: "shorter" });
    });
    expect(server.asked.filter(({ method }) => method === "POST").map(({ body }) => body)).toEqual([
      { reason: null, iteration: 2 },
      { answers: { Tone: "plain" }, dispatch: 3 },
      { feedback: "shorter" },
    ]);
  });

  it("repeats a run from a stage on", async () => {
    const server = fakeServer({
      "POST /workflow-executions/*/rerun": () => ({ ...RUN, id: "new" }),
    });
    const { result, queries } = open(useRerun);
    await act(async () => {
      await result.current.mutateAsync({ id: RUN.id, from: "draft" });
    });
    expect(server.asked[0]?.body).toEqual({ trigger: "manual", from: "draft" });
    expect(queries.getQueryData(executionKeys.detail("new"))).toBeDefined();
  });

  it("repeats a run once for an answer that was lost, and again after one that came", async () => {
    let lost = true;
    const server = fakeServer({
      "POST /workflow-executions/*/rerun": () => {
        if (!lost) return { ...RUN, id: "new" };
        lost = false;
        throw new TypeError("Failed to fetch");
      },
    });
    const { result } = open(useRerun);
    const rerun = () => act(() => result.current.mutateAsync({ id: RUN.id }));
    await expect(rerun()).rejects.toThrow();
    await act(() => result.current.mutateAsync({ id: RUN.id, from: "draft" }));
    await rerun();
    await rerun();
    const keys = server.asked.map(({ headers }) => headers.get("Idempotency-Key"));
    expect(keys[0]).toMatch(/./);
    expect(keys[2]).toBe(keys[0]);
    expect(new Set(keys)).toHaveProperty("size", 3);
  });
});
