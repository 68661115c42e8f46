import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";

import { createRefresher } from "./refresher";

/** A list that somebody looks at, and whose answers come when the test says so. */
function slowList() {
  const queries = new QueryClient();
  const queryKey = ["list"];
  const answers: ((value: string) => void)[] = [];
  const dropped = vi.fn();
  const observer = new QueryObserver(queries, {
    queryKey,
    queryFn: ({ signal }) => {
      signal.addEventListener("abort", dropped);
      return new Promise<string>((done) => answers.push(done));
    },
  });
  const leave = observer.subscribe(() => undefined);
  return { queries, queryKey, answers, dropped, leave };
}

it("waits for the answer that is on its way, and asks once more after it", async () => {
  const { queries, queryKey, answers, dropped, leave } = slowList();
  const refresh = createRefresher(queries, { queryKey });
  expect(answers).toHaveLength(1);
  for (let event = 0; event < 5; event += 1) refresh();
  expect(answers).toHaveLength(1);
  answers[0]?.("before");
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  expect(dropped).not.toHaveBeenCalled();
  expect(queries.getQueryData(queryKey)).toBe("before");
  answers[1]?.("after");
  await vi.waitFor(() => expect(queries.getQueryData(queryKey)).toBe("after"));
  expect(queries.isFetching()).toBe(0);
  refresh();
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  leave();
});
