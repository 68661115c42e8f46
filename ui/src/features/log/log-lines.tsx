import { ArrowDown } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";

import type { LogSource } from "@/api/logs";
import { messageOf } from "@/api/problem";
import { Button } from "@/components/button";
import { useStore } from "@/model/store";

import { LogLineRow } from "./log-line";
import type { LogViewProps } from "./log-view";
import { type Rows, useFixedRows, useWrappedRows } from "./rows";
import { makeCopy } from "./copy-lines";
import { type Marked, useMarked } from "./use-marked";
import { NOWHERE, type Place, usePlaces } from "./use-places";

/** Whoever is so near to the end wants to see what comes. */
const NEAR_END_PX = 60;

interface LinesProps extends LogViewProps {
  query: string;
  wrap: boolean;
  times: boolean;
  /** Index of the line that the address names; -1 for none. */
  here: number;
  /** Grows whenever somebody wants to go to the end. */
  endCalls: number;
}

export function LogLines(props: LinesProps) {
  const { source, label, live } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(props.opens === "end" && props.line === undefined);
  const placeRef = useRef<Place>({ ...NOWHERE });
  const marked = useMarked(scroller);
  // Lines that are being marked must stay where they are.
  const isFollowing = follows && marked === null;
  const version = useStore(source.version);
  const count = source.count();
  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    setFollows(below < NEAR_END_PX);
  };
  const Body = props.wrap ? WrappedBody : FixedBody;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroller}
        role="log"
        aria-label={label}
        aria-live={live && isFollowing ? "polite" : "off"}
        aria-atomic="false"
        aria-busy={source.loading()}
        // What scrolls must be reachable with keys.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={onScroll}
        onCopy={makeCopy(source, marked, props.read)}
        className="min-h-40 flex-1 overflow-auto py-1.5 font-mono text-xs [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <Body
          {...props}
          placeRef={placeRef}
          scroller={scroller}
          follows={isFollowing}
          kept={keptOf(marked)}
          version={version}
          count={count}
        />
        {count === 0 && <Nothing source={source} live={live} />}
      </div>
      {live && !isFollowing && count > 0 && (
        <Button
          size="sm"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-2"
          onClick={() => {
            props.onLine(undefined);
            document.getSelection()?.removeAllRanges();
            setFollows(true);
          }}
        >
          <ArrowDown aria-hidden="true" />
          Scroll to the end
        </Button>
      )}
    </div>
  );
}

/** The lines at both ends of what is marked are drawn wherever somebody scrolls to. */
function keptOf(marked: Marked | null): readonly number[] {
  return marked === null ? [] : [marked.from.index, marked.to.index];
}

interface BodyProps extends LinesProps {
  kept: readonly number[];
  placeRef: RefObject<Place>;
  scroller: RefObject<HTMLDivElement | null>;
  follows: boolean;
  version: number;
  count: number;
}

function FixedBody(props: BodyProps) {
  return <Body {...props} view={useFixedRows(props.scroller, props.count, props.kept)} />;
}

function WrappedBody(props: BodyProps) {
  return <Body {...props} view={useWrappedRows(props.scroller, props.count, props.kept)} />;
}

function Body(props: BodyProps & { view: Rows }) {
  const { source, view, stageName, here, placeRef } = props;
  // What is kept for its marks may be far from what is looked at.
  const seen = view.rows.filter(({ index }) => !props.kept.includes(index));
  const first = seen[0]?.index ?? 0;
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => source.want(first, last), [source, first, last, props.version]);
  usePlaces(props, view, placeRef);
  return (
    <div className="relative min-w-full" style={{ height: view.height }}>
      {view.rows.map(({ index, top }) => {
        const line = source.line(index);
        const begins = index === 0 || source.line(index - 1)?.stage_id !== line?.stage_id;
        return (
          <div
            key={index}
            ref={view.measure}
            data-index={index}
            className="absolute top-0 left-0 min-w-full"
            style={{ transform: `translateY(${top}px)`, ...(props.wrap && { width: "100%" }) }}
          >
            {line === undefined ? (
              <div className="h-5 pl-14 text-ink-3">…</div>
            ) : (
              <LogLineRow
                line={line}
                number={index + 1}
                stage={stageName?.(line.stage_id)}
                stageChars={props.stageChars}
                begins={begins}
                named={begins || index === view.first}
                times={props.times}
                wrap={props.wrap}
                query={props.query}
                here={index === here}
                onPick={props.onLine}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

function Nothing({ source, live }: { source: LogSource; live: boolean }) {
  const error = source.error();
  const words =
    error !== null
      ? messageOf(error)
      : source.loading()
        ? "Loading…"
        : live
          ? "Waiting for logs…"
          : "Nothing was written.";
  return <p className="px-4 py-3 font-sans text-sm text-ink-3">{words}</p>;
}
