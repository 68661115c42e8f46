import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { LogLine } from "@/api/live";
import { createWholeLog } from "@/api/logs";

import { LogView } from "./log-view";

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly look: () => void) {}
      observe() {
        this.look();
      }
      disconnect() {
        return undefined;
      }
    },
  );
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  Element.prototype.scrollTo = vi.fn();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function lineOf(seq: number, message: string): LogLine {
  return { seq, stage_id: "a", dispatch: 1, at: "2026-01-01T10:00:00Z", stream: "stderr", message };
}

it("shows lines, finds words in them and leads to the hits", async () => {
  const lines = ["one", "[ERROR] \u001b[31mtwo\u001b[0m", "three two"];
  const log = createWholeLog(({ after = 0 }) =>
    Promise.resolve(lines.map((text, index) => lineOf(index + 1, text)).slice(after)),
  );
  const onLine = vi.fn();
  await log.load();
  const view = (line?: number) => (
    <LogView
      source={log.source}
      label="Stage execution logs"
      live
      opens="end"
      line={line}
      onLine={onLine}
    />
  );
  const { rerender } = render(view());
  const box = screen.getByRole("log", { name: "Stage execution logs" });
  expect(box).toHaveTextContent("one");
  expect(box).toHaveAttribute("aria-live", "polite");
  await userEvent.type(screen.getByLabelText("Search in the log"), "two");
  // What is written leads to the first place at once.
  await waitFor(() => expect(onLine).toHaveBeenLastCalledWith(2));
  expect(screen.getByText("– of 2")).toBeVisible();
  expect(screen.getAllByText("two")[0]?.tagName).toBe("MARK");
  rerender(view(2));
  expect(screen.getByText("1 of 2")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  expect(onLine).toHaveBeenLastCalledWith(3);
  await userEvent.keyboard("{Shift>}{Enter}{/Shift}");
  expect(onLine).toHaveBeenLastCalledWith(3);
  act(() => log.add(lineOf(4, "and two more")));
  expect(await screen.findByText("1 of 3")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Show times" }));
  expect(screen.getByRole("button", { name: "Show times" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await userEvent.click(screen.getByRole("button", { name: "Link to line 1" }));
  expect(onLine).toHaveBeenLastCalledWith(1);
});

it("says when there is nothing, and when it cannot be read", async () => {
  const empty = createWholeLog(() => Promise.resolve([]));
  await empty.load();
  const props = { label: "Log", opens: "start", line: undefined, onLine: vi.fn() } as const;
  const { rerender } = render(<LogView {...props} source={empty.source} live />);
  expect(screen.getByText("Waiting for logs…")).toBeVisible();
  rerender(<LogView {...props} source={empty.source} live={false} />);
  expect(screen.getByText("Nothing was written.")).toBeVisible();
  const broken = createWholeLog(() => Promise.reject(new Error("The server is away.")));
  await broken.load();
  rerender(<LogView {...props} source={broken.source} live={false} />);
  expect(screen.getByText("The server is away.")).toBeVisible();
});
