import { useRouter } from "@tanstack/react-router";
import {
  type CSSProperties,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

import type { Step } from "@/api/executions";
import { cx } from "@/components/cx";
import { StatusBadge } from "@/components/status";
import { Elapsed, RelativeTime } from "@/components/time";
import { useMedia } from "@/components/use-media";
import { useRowWindow } from "@/components/use-row-window";
import { STATUSES } from "@/model/status";

import type { ViewProps } from "./run-view";
import { type RunSearch, useRunSearch } from "./use-run-search";

const HEAD_PX = 32;
/** With the line below it; the second is for fingers. */
const ROW_PX = { fine: 36, coarse: 45 };
const HEAD = "h-8 px-3 text-left text-xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3";
const COLUMNS = 6;

/** The stages one below the other; columns drop out where the panel leaves no room for them. */
export function TableView({ steps, selected, onSelect }: ViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = useMedia("(pointer: coarse)") ? ROW_PX.coarse : ROW_PX.fine;
  const view = useRowWindow(scroller, { count: steps.length, rowPx, headPx: HEAD_PX });
  const [focused, setFocused] = useState(-1);
  const select = useLatest(onSelect);
  useChosenInSight(steps, view.reveal);

  const drawn = indexesOf(view, focused, steps.length);
  return (
    <div
      ref={scroller}
      className="@container overflow-auto rounded-lg border border-line bg-surface shadow-1 [overflow-anchor:none] lg:min-h-40"
    >
      <table aria-rowcount={steps.length + 1} className="w-full border-collapse text-sm">
        <caption className="sr-only">Stages of the run</caption>
        <thead className="sticky top-0 z-10 bg-surface shadow-[inset_0_-1px_0_var(--line)]">
          <tr aria-rowindex={1}>
            <th className={HEAD}>Stage</th>
            <th className={HEAD}>
              State
              <WidestState steps={steps} />
            </th>
            <th className={cx(HEAD, "min-w-32 @max-3xl:hidden")}>Agent</th>
            <th className={cx(HEAD, "text-right @max-xl:hidden")}>Attempts</th>
            <th className={cx(HEAD, "min-w-22 text-right @max-2xl:hidden")}>Started</th>
            <th className={cx(HEAD, "min-w-22 text-right @max-md:hidden")}>Took</th>
          </tr>
        </thead>
        <tbody>
          {drawn.flatMap((index, at) => {
            const step = steps[index];
            const before = drawn[at - 1] ?? -1;
            if (!step) return [];
            return [
              <Gap key={`${step.stage_id} gap`} rows={index - before - 1} rowPx={rowPx} />,
              <Row
                key={step.stage_id}
                step={step}
                index={index}
                rowPx={rowPx}
                selected={step.stage_id === selected}
                onSelect={select}
                onFocus={setFocused}
              />,
            ];
          })}
          <Gap rows={steps.length - 1 - (drawn.at(-1) ?? -1)} rowPx={rowPx} />
        </tbody>
      </table>
    </div>
  );
}

/** The row that has the focus stays, wherever somebody has scrolled to. */
function indexesOf({ first, last }: { first: number; last: number }, kept: number, count: number) {
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  if (kept < 0 || kept >= count || (kept >= first && kept <= last)) return indexes;
  return kept < first ? [kept, ...indexes] : [...indexes, kept];
}

/** The same function for as long as the component is there, so that no row is drawn for it. */
function useLatest(onSelect: (stage: string) => void): (stage: string) => void {
  const latest = useRef(onSelect);
  useEffect(() => {
    latest.current = onSelect;
  });
  return useCallback((stage: string) => latest.current(stage), []);
}

/** Shows the stage that the address names; what is only looked at by itself moves nobody. */
function useChosenInSight(steps: readonly Step[], reveal: (row: number) => void): void {
  const router = useRouter();
  const { stage } = useRunSearch().search;
  const at = steps.findIndex(({ stage_id }) => stage_id === stage);
  const show = useRef(reveal);
  useLayoutEffect(() => {
    show.current = reveal;
  });
  useLayoutEffect(() => {
    if (at < 0) return;
    show.current(at);
    // The router scrolls everything back to where it was, so this comes after it.
    return router.subscribe("onRendered", ({ fromLocation, toLocation }) => {
      if (stageIn(fromLocation) !== stageIn(toLocation)) show.current(at);
    });
  }, [at, router]);
}

function stageIn(location: { search: object } | undefined): string | undefined {
  return (location?.search as RunSearch | undefined)?.stage;
}

/** Gives the column its width, whichever rows are in sight. */
function WidestState({ steps }: { steps: readonly Step[] }) {
  const [widest] = [...new Set(steps.map(({ status }) => status))].toSorted(
    (a, b) => STATUSES[b].label.length - STATUSES[a].label.length,
  );
  if (!widest) return null;
  return (
    <span aria-hidden="true" className="invisible flex h-0 overflow-hidden">
      <StatusBadge status={widest} />
    </span>
  );
}

/** The room of rows that are not drawn. */
function Gap({ rows, rowPx }: { rows: number; rowPx: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={COLUMNS} className="p-0" style={{ height: rows * rowPx }} />
    </tr>
  );
}

const Row = memo(function Row({
  step,
  index,
  rowPx,
  selected,
  onSelect,
  onFocus,
}: {
  step: Step;
  index: number;
  rowPx: number;
  selected: boolean;
  onSelect: (stage: string) => void;
  /** With -1, none of the rows has the focus. */
  onFocus: (index: number) => void;
}) {
  const height: CSSProperties = { height: rowPx };
  return (
    <tr
      aria-rowindex={index + 2}
      style={height}
      className={cx(
        "relative border-b border-line last:border-0 hover:bg-hover",
        selected && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <td className={cx(CELL, "w-full max-w-0 min-w-40")}>
        <button
          type="button"
          aria-pressed={selected}
          title={step.stage_name}
          onClick={() => onSelect(step.stage_id)}
          onFocus={() => onFocus(index)}
          onBlur={() => onFocus(-1)}
          className="block w-full truncate text-left font-medium outline-none before:absolute before:inset-0 focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
        >
          {step.stage_name}
        </button>
      </td>
      <td className={cx(CELL, "whitespace-nowrap")}>
        <StatusBadge status={step.status} />
      </td>
      <td className={cx(CELL, "max-w-40 truncate text-xs text-ink-3 @max-3xl:hidden")}>
        {step.agent ?? "gate"}
      </td>
      <td className={cx(CELL, "text-right text-xs text-ink-3 tabular-nums @max-xl:hidden")}>
        {step.attempt === 0 ? "–" : step.attempt}
      </td>
      <td className={cx(CELL, "text-right text-xs text-ink-3 @max-2xl:hidden")}>
        {step.started_at === null ? "–" : <RelativeTime at={step.started_at} />}
      </td>
      <td className={cx(CELL, "text-right text-xs text-ink-2 @max-md:hidden")}>
        <Elapsed from={step.started_at} to={step.completed_at} />
      </td>
    </tr>
  );
});
