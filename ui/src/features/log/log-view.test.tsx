import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { LogLine } from "@/api/live";
import { createPagedLog, createWholeLog } from "@/api/logs";

import { LogView } from "./log-view";

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly look: (entries: object[]) => void) {}
      observe() {
        this.look([]);
      }
      unobserve() {
        return undefined;
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

/** A log of a run, of whose lines a test says which have the word. */
function longLog(length: number, textOf: (seq: number) => string) {
  let count = length;
  const held: (() => void)[] = [];
  const log = createPagedLog(async ({ after = 0, limit = 1, tail = false }) => {
    // Only what is searched is fetched by so many; it comes when the test says so.
    if (limit === 10_000) await new Promise<void>((done) => held.push(done));
    const first = tail ? count : after + 1;
    const size = Math.max(0, Math.min(limit, count - first + 1));
    return Array.from({ length: size }, (_, index) => lineOf(first + index, textOf(first + index)));
  });
  const searchOn = async () => {
    await waitFor(() => expect(held).not.toHaveLength(0));
    await act(async () => {
      held.shift()?.();
      await Promise.resolve();
    });
  };
  const grow = () => {
    count += 1;
    act(() => log.add(lineOf(count, textOf(count))));
  };
  return { ...log, searchOn, grow };
}

const PROPS = { label: "Run logs", live: true, opens: "end" } as const;

it("leads on from the line that is open, however late that part is searched", async () => {
  const log = longLog(25_000, (seq) => (seq === 7 || seq === 24_000 ? "needle" : "hay"));
  await log.load();
  const onLine = vi.fn();
  render(<LogView {...PROPS} source={log.source} line={23_000} onLine={onLine} />);
  await userEvent.click(screen.getByLabelText("Search in the log"));
  await userEvent.paste("needle");
  await log.searchOn();
  expect(await screen.findByText(/ of 1…$/)).toBeVisible();
  expect(onLine).not.toHaveBeenCalled();
  await log.searchOn();
  await log.searchOn();
  await waitFor(() => expect(onLine).toHaveBeenCalledExactlyOnceWith(24_000));
});

it("leads to the beginning when nothing follows, and nobody away by what comes later", async () => {
  const log = longLog(12_000, (seq) => (seq === 7 ? "needle" : seq > 12_000 ? "pin" : "hay"));
  await log.load();
  const onLine = vi.fn();
  render(<LogView {...PROPS} source={log.source} line={11_000} onLine={onLine} />);
  const field = screen.getByLabelText("Search in the log");
  await userEvent.click(field);
  await userEvent.paste("needle");
  await log.searchOn();
  expect(onLine).not.toHaveBeenCalled();
  await log.searchOn();
  await waitFor(() => expect(onLine).toHaveBeenCalledExactlyOnceWith(7));
  onLine.mockClear();
  await userEvent.clear(field);
  await userEvent.click(field);
  await userEvent.paste("pin");
  await log.searchOn();
  await log.searchOn();
  expect(await screen.findByText("Not found")).toBeVisible();
  log.grow();
  await log.searchOn();
  expect(await screen.findByText(/ of 1$/)).toBeVisible();
  expect(onLine).not.toHaveBeenCalled();
});

it("keeps the place of whoever has lines wrapped", async () => {
  const log = longLog(1_000, (seq) => `line ${seq}`);
  await log.load();
  // As a browser does it, which says so, too.
  Element.prototype.scrollTo = function (this: Element, options?: ScrollToOptions | number) {
    this.scrollTop = typeof options === "object" ? (options.top ?? 0) : 0;
    this.dispatchEvent(new Event("scroll"));
  };
  vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockReturnValue(20_000);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockImplementation(function (
    this: HTMLElement,
  ) {
    return this.role === "log" ? 400 : 20;
  });
  render(<LogView {...PROPS} source={log.source} line={undefined} onLine={vi.fn()} />);
  const box = screen.getByRole("log");
  await waitFor(() => expect(box.scrollTop).toBeGreaterThan(19_000));
  act(() => box.scrollTo({ top: 6_000 }));
  expect(await screen.findByText("line 301")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Wrap long lines" }));
  await waitFor(() => expect(box.scrollTop).toBeGreaterThan(5_500));
  expect(box.scrollTop).toBeLessThan(6_500);
  await userEvent.click(screen.getByRole("button", { name: "Wrap long lines" }));
  expect(box.scrollTop).toBeGreaterThan(5_500);
  expect(box.scrollTop).toBeLessThan(6_500);
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
