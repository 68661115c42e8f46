// A log of any length: only the lines in sight are drawn.

import { type ReactNode, useRef, useState } from "react";

import type { LogSource } from "@/api/logs";
import { useHotkeys } from "@/app/hotkeys";
import { remembered } from "@/app/remembered";
import { useStore } from "@/model/store";

import { LogLines } from "./log-lines";
import { LogToolbar } from "./log-toolbar";
import type { ReadLines } from "./copy-lines";
import { useLead } from "./use-lead";
import { useLogSearch } from "./use-log-search";

const lastWrap = remembered("baton.log.wrap", ["off", "on"]);
/** So many lines can be measured one by one. */
const WRAP_LINES_MAX = 50_000;
const lastTimes = remembered("baton.log.times", ["off", "on"]);

export interface LogViewProps {
  source: LogSource;
  label: string;
  /** More may come. */
  live: boolean;
  /** Where it is opened. */
  opens: "start" | "end" | "error";
  /** The line that the address of the page names. */
  line: number | undefined;
  onLine: (seq: number | undefined) => void;
  /** The name of a stage, in a log that has several. */
  stageName?: (id: string) => string;
  /** How long the longest of these names is. */
  stageChars?: number;
  onSave?: () => void;
  /** Lines that are not at hand, where a log is too long to be kept as a whole. */
  read?: ReadLines;
  children?: ReactNode;
}

export function LogView(props: LogViewProps) {
  const { source, line, onLine } = props;
  const [query, setQuery] = useState("");
  const [wrap, setWrap] = useState(lastWrap.read() === "on");
  const [times, setTimes] = useState(lastTimes.read() === "on");
  const [endCalls, setEndCalls] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useStore(source.version);
  const search = useLogSearch(source, query);
  const here = line === undefined ? -1 : source.indexOf(line);
  const hit = search.hits.indexOf(here);
  const wraps = source.count() <= WRAP_LINES_MAX;

  // A line that is not there yet has its place as its number.
  const go = (index: number) => onLine(source.line(index)?.seq ?? index + 1);
  const goToHit = (step: number) => {
    const { hits } = search;
    const from = hits.findIndex((index) => index >= here);
    const fresh = from < 0 ? hits.length : from;
    const next = hit >= 0 ? hit + step : step > 0 ? fresh : fresh - 1;
    const index = hits[((next % hits.length) + hits.length) % hits.length];
    if (index !== undefined) go(index);
  };
  useLead(source, query, search, here, go);
  const end = () => {
    onLine(undefined);
    setEndCalls((calls) => calls + 1);
  };
  useHotkeys("Log", [
    { keys: "/", does: "Search in the log", run: () => input.current?.focus() },
    { keys: "shift+g", does: "Go to the end of the log", run: end },
  ]);

  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-sunken">
      <LogToolbar
        query={query}
        onQuery={setQuery}
        search={search}
        hit={hit}
        onHit={goToHit}
        wrap={wraps ? wrap : null}
        onWrap={() => {
          lastWrap.write(wrap ? "off" : "on");
          setWrap(!wrap);
        }}
        times={times}
        onTimes={() => {
          lastTimes.write(times ? "off" : "on");
          setTimes(!times);
        }}
        onEnd={end}
        onSave={props.onSave}
        inputRef={input}
      >
        {props.children}
      </LogToolbar>
      <LogLines
        {...props}
        query={query}
        wrap={wrap && wraps}
        times={times}
        here={here}
        endCalls={endCalls}
      />
    </div>
  );
}
