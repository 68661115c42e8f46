// Logs by range: that of one start of a stage as a whole, that of a run piece by piece.

import { plainText } from "@/model/ansi";
import { createStore, type Store } from "@/model/store";

import type { LogLine } from "./live";

/** Lines that can be drawn one by one, and more of them at any time. */
export interface LogSource {
  /** Changes with everything that is there. */
  version: Pick<Store<number>, "get" | "subscribe">;
  count: () => number;
  /** Nothing while it is on its way. */
  line: (index: number) => LogLine | undefined;
  /** Says which lines are looked at. */
  want: (from: number, to: number) => void;
  indexOf: (seq: number) => number;
  /** Looks for a text in some lines from this one on; says where to go on. */
  scan: (query: string, from: number) => Promise<{ hits: number[]; next: number }>;
  loading: () => boolean;
  error: () => unknown;
}

export type FetchLines = (range: {
  after?: number;
  limit?: number;
  tail?: boolean;
}) => Promise<LogLine[]>;

function contains(line: LogLine, query: string): boolean {
  return plainText(line.message).toLowerCase().includes(query);
}

/** What is fetched at once of a log that is read as a whole; the server allows 10,000. */
const GULP = 5_000;

/** The log of one start: at most 10,000 lines, so all of it is kept. */
export function createWholeLog(fetchLines: FetchLines) {
  const version = createStore(0);
  const lines: LogLine[] = [];
  let early: LogLine[] = [];
  let state: "new" | "loading" | "whole" = "new";
  let error: unknown = null;
  const changed = () => version.update((n) => n + 1);

  const load = async () => {
    if (state === "loading") return;
    state = "loading";
    error = null;
    try {
      for (;;) {
        const page = await fetchLines({ after: lines.at(-1)?.seq ?? 0, limit: GULP });
        lines.push(...page);
        changed();
        if (page.length < GULP) break;
      }
      state = "whole";
      for (const line of early.splice(0)) add(line);
    } catch (reason) {
      error = reason;
      early = [];
      state = "new";
    }
    changed();
  };
  /** Takes a line from the stream, once. */
  const add = (line: LogLine) => {
    if (state !== "whole") early.push(line);
    else if (line.seq > (lines.at(-1)?.seq ?? 0)) lines.push(line);
    else return;
    changed();
  };
  const source: LogSource = {
    version,
    count: () => lines.length,
    line: (index) => lines[index],
    want: () => undefined,
    indexOf: (seq) => lines.findIndex((line) => line.seq >= seq),
    scan: (query, from) => {
      const hits = lines.flatMap((line, index) =>
        index >= from && contains(line, query) ? [index] : [],
      );
      return Promise.resolve({ hits, next: lines.length });
    },
    loading: () => state !== "whole" && error === null,
    error: () => error,
  };
  return { source, load, add };
}

/** Lines of a page of a log that is too long to be kept as a whole. */
const PAGE = 500;
/** What is fetched at once when all of it is searched. */
const SCAN = 10_000;
/** How long a page that could not be fetched is left alone. */
const AGAIN_MS = 2_000;
/** Pages that are kept: enough to scroll around in without asking again. */
const PAGES_KEPT = 12;

/**
 * The log of a run. Its lines are numbered without gaps, so any of them can be
 * asked for by its place, however long the log is.
 */
export function createPagedLog(fetchLines: FetchLines) {
  const version = createStore(0);
  const pages = new Map<number, LogLine[]>();
  const asked = new Set<number>();
  let count = 0;
  let ready = false;
  let error: unknown = null;
  const changed = () => version.update((n) => n + 1);

  const measure = async () => {
    try {
      const [last] = await fetchLines({ tail: true, limit: 1 });
      count = Math.max(count, last?.seq ?? 0);
      error = null;
    } catch (reason) {
      error = reason;
    }
    ready = true;
    changed();
  };
  const fetchPage = async (page: number) => {
    asked.add(page);
    try {
      const lines = await fetchLines({ after: page * PAGE, limit: PAGE });
      keep(page, lines);
      error = null;
      asked.delete(page);
    } catch (reason) {
      error = reason;
      setTimeout(() => {
        asked.delete(page);
        changed();
      }, AGAIN_MS);
    }
    changed();
  };
  const keep = (page: number, lines: LogLine[]) => {
    pages.delete(page);
    pages.set(page, lines);
    for (const oldest of pages.keys()) {
      if (pages.size <= PAGES_KEPT) break;
      pages.delete(oldest);
    }
  };
  const isWhole = (page: number) =>
    (pages.get(page)?.length ?? 0) >= Math.min(PAGE, count - page * PAGE);
  const add = (line: LogLine) => {
    count = Math.max(count, line.seq);
    const page = Math.floor((line.seq - 1) / PAGE);
    const lines = pages.get(page);
    if (lines?.length === (line.seq - 1) % PAGE) lines.push(line);
    changed();
  };
  const source: LogSource = {
    version,
    count: () => count,
    line: (index) => pages.get(Math.floor(index / PAGE))?.[index % PAGE],
    want: (from, to) => {
      for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page += 1) {
        if (page * PAGE < count && !asked.has(page) && !isWhole(page)) void fetchPage(page);
      }
    },
    indexOf: (seq) => seq - 1,
    scan: async (query, from) => {
      const lines = await fetchLines({ after: from, limit: SCAN });
      const hits = lines.flatMap((line) => (contains(line, query) ? [line.seq - 1] : []));
      return { hits, next: lines.at(-1)?.seq ?? count };
    },
    loading: () => !ready,
    error: () => error,
  };
  return { source, load: measure, add };
}
