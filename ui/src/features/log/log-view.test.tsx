import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
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

/** As a browser does when somebody drags from one line to another. */
function mark(from: [string, number], to: [string, number]) {
  const nodeOf = (text: string) => screen.getByText(text).firstChild ?? document.body;
  act(() => {
    document.getSelection()?.setBaseAndExtent(nodeOf(from[0]), from[1], nodeOf(to[0]), to[1]);
    document.dispatchEvent(new Event("selectionchange"));
  });
}

const copyFrom = (box: HTMLElement) => {
  const setData = vi.fn();
  const clipboardData = { setData };
  fireEvent.copy(box, { clipboardData });
  return setData;
};

it("copies every line that is marked, drawn or not, and without the names of stages", async () => {
  const log = createWholeLog(({ after = 0 }) =>
    Promise.resolve(
      Array.from({ length: 500 }, (_, n) =>
        lineOf(n + 1, `\u001b[31mline\u001b[0m ${n + 1}`),
      ).slice(after),
    ),
  );
  await log.load();
  Element.prototype.scrollTo = () => undefined;
  const text = (n: number) => (_: string, element: Element | null) =>
    element?.matches("[data-message]") === true && element.textContent === `line ${n}`;
  render(
    <LogView
      {...PROPS}
      opens="start"
      source={log.source}
      line={undefined}
      onLine={vi.fn()}
      stageName={() => "Write"}
    />,
  );
  const box = screen.getByRole("log");
  const begin = screen.getByText(text(2)).lastChild;
  const scroll = (top: number) => {
    box.scrollTop = top;
    fireEvent.scroll(box);
  };
  const markTo = (n: number) =>
    act(() => {
      const end = screen.getByText(text(n)).lastChild;
      if (begin && end)
        document.getSelection()?.setBaseAndExtent(begin, 1, end, String(n).length + 1);
      document.dispatchEvent(new Event("selectionchange"));
    });
  markTo(5);
  expect(copyFrom(box)).toHaveBeenCalledWith("text/plain", "2\nline 3\nline 4\nline 5");
  // Where it begins stays drawn, however far somebody goes on.
  scroll(6_000);
  expect(begin?.isConnected).toBe(true);
  expect(screen.queryByText(text(100))).toBeNull();
  markTo(302);
  const copied = copyFrom(box).mock.calls[0]?.[1] as string;
  expect(copied.split("\n")).toHaveLength(301);
  expect(copied).toMatch(/^2\nline 3\n.*\nline 301\nline 302$/s);
});

it("asks for the lines that are marked and not at hand", async () => {
  const log = longLog(3, (seq) => `line ${seq}`);
  await log.load();
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  const read = vi.fn(() => Promise.resolve([1, 2, 3].map((seq) => lineOf(seq, `line ${seq}`))));
  const source = {
    ...log.source,
    line: (at: number) => (at === 1 ? undefined : log.source.line(at)),
  };
  render(<LogView {...PROPS} source={source} line={undefined} onLine={vi.fn()} read={read} />);
  await screen.findByText("line 3");
  mark(["line 1", 5], ["line 3", 4]);
  copyFrom(screen.getByRole("log"));
  await waitFor(() => expect(writeText).toHaveBeenCalledExactlyOnceWith("1\nline 2\nline"));
  expect(read).toHaveBeenCalledExactlyOnceWith(0, 2);
});

it("does not move on under whoever marks something in it", async () => {
  const log = longLog(3, (seq) => `line ${seq}`);
  await log.load();
  const scrollTo = vi.fn();
  Element.prototype.scrollTo = scrollTo;
  render(<LogView {...PROPS} source={log.source} line={undefined} onLine={vi.fn()} />);
  await screen.findByText("line 3");
  await waitFor(() => expect(scrollTo).toHaveBeenCalled());
  mark(["line 1", 1], ["line 2", 3]);
  expect(screen.getByRole("log")).toHaveAttribute("aria-live", "off");
  scrollTo.mockClear();
  log.grow();
  await screen.findByText("line 4");
  expect(scrollTo).not.toHaveBeenCalled();
  expect(document.getSelection()?.toString()).not.toBe("");
  await userEvent.click(screen.getByRole("button", { name: "Scroll to the end" }));
  act(() => void document.dispatchEvent(new Event("selectionchange")));
  expect(scrollTo).toHaveBeenCalled();
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

it("names a stage only where another one begins", async () => {
  const stages = ["a", "a", "b", "b", "a"];
  const lines = stages.map((stage_id, at) => ({ ...lineOf(at + 1, "…"), stage_id }));
  const log = createWholeLog(({ after = 0 }) => Promise.resolve(lines.slice(after)));
  await log.load();
  render(
    <LogView
      source={log.source}
      label="Run logs"
      live={false}
      opens="start"
      line={undefined}
      onLine={vi.fn()}
      stageName={(id) => `Stage ${id}`}
      stageChars={7}
    />,
  );
  const names = await screen.findAllByText(/^Stage /);
  const hidden = names.map((name) => name.parentElement?.classList.contains("opacity-0"));
  expect(hidden).toEqual([false, true, false, true, false]);
});
