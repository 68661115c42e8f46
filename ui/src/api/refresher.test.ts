import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { createRefresher } from "./refresher";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A list that somebody looks at, and whose answers come when the test says so. */
function slowList() {
  const queries = new QueryClient();
  const queryKey = ["list"];
  const asked: ((value: string) => void)[] = [];
  const dropped = vi.fn();
  // An answer can be dropped only where there has been one before.
  queries.setQueryData(queryKey, "first");
  const observer = new QueryObserver(queries, {
    queryKey,
    queryFn: ({ signal }) => {
      signal.addEventListener("abort", dropped);
      return new Promise<string>((done) => asked.push(done));
    },
    staleTime: Infinity,
  });
  observer.subscribe(() => undefined);
  /** Answers the last that was asked, and lets all that follows from it happen. */
  const answer = async (value: string) => {
    asked.at(-1)?.(value);
    await vi.advanceTimersByTimeAsync(0);
    expect(queries.getQueryData(queryKey)).toBe(value);
  };
  return { queries, queryKey, asked, answer, dropped };
}

it("asks once for an event, and once more when others have come before the answer", async () => {
  const { queries, queryKey, asked, answer, dropped } = slowList();
  const refresh = createRefresher(queries, { queryKey });
  refresh();
  expect(asked).toHaveLength(1);
  await answer("a");
  expect(asked).toHaveLength(1);
  for (let event = 0; event < 5; event += 1) refresh();
  expect(asked).toHaveLength(2);
  await answer("b");
  expect(asked).toHaveLength(3);
  await answer("c");
  expect(asked).toHaveLength(3);
  expect(dropped).not.toHaveBeenCalled();
});

it("waits for the answer that is on its way, and asks again, since it may be older", async () => {
  const { queries, queryKey, asked, answer, dropped } = slowList();
  const refresh = createRefresher(queries, { queryKey });
  void queries.refetchQueries({ queryKey });
  refresh();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(1);
  await answer("a");
  expect(asked).toHaveLength(2);
  // What comes meanwhile is not lost either.
  refresh();
  await answer("b");
  expect(asked).toHaveLength(3);
  await answer("c");
  expect(asked).toHaveLength(3);
  expect(dropped).not.toHaveBeenCalled();
});
