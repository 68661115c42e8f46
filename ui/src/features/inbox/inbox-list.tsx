import { CircleHelp, UserRound } from "lucide-react";

import type { InboxItem } from "@/api/inbox";
import { cx } from "@/components/cx";
import { RelativeTime, TimeLeft } from "@/components/time";
import { Words } from "@/features/waiting/words";
import { plainWords } from "@/model/ansi";
import { type InboxGroup, keyOf, requestOf } from "@/model/inbox";
import { summaryOf } from "@/model/parameters";

export function InboxList({
  groups,
  shown,
  nothing,
  onShow,
  className,
}: {
  groups: readonly InboxGroup[];
  shown: InboxItem | undefined;
  /** Said when there is nothing to list. */
  nothing: string;
  onShow: (item: InboxItem) => void;
  className?: string;
}) {
  return (
    <div className={cx("flex flex-col gap-5 lg:sticky lg:top-4", className)}>
      {groups.length === 0 && (
        <p className="rounded-lg border border-dashed border-line-strong px-3 py-8 text-center text-sm text-ink-3">
          {nothing}
        </p>
      )}
      {groups.map(({ title, items }) => (
        <section key={title} aria-label={title}>
          <h2 className="mb-1.5 flex items-baseline gap-2 text-xs font-medium text-ink-3">
            {title}
            <span className="tabular-nums">{items.length}</span>
          </h2>
          <ul className="overflow-hidden rounded-lg border border-line bg-surface shadow-1">
            {items.map((item) => (
              <Item
                key={keyOf(item)}
                item={item}
                selected={shown !== undefined && keyOf(item) === keyOf(shown)}
                onShow={() => onShow(item)}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Item({
  item,
  selected,
  onShow,
}: {
  item: InboxItem;
  selected: boolean;
  onShow: () => void;
}) {
  const { kind, stage_name, workflow_name, parameters, since, deadline } = item;
  const summary = summaryOf(parameters);
  const Icon = kind === "gate" ? UserRound : CircleHelp;
  return (
    <li className="border-b border-line [contain-intrinsic-size:auto_84px] [content-visibility:auto] last:border-0">
      <button
        type="button"
        aria-pressed={selected}
        onClick={onShow}
        className={cx(
          "flex w-full items-start gap-3 px-3 py-2.5 text-left focus-visible:-outline-offset-2",
          "hover:bg-hover",
          // Where the list is alone, nothing beside it is meant.
          selected && "lg:bg-accent-soft",
        )}
      >
        <span
          data-tone="waiting"
          className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-tone-soft text-tone"
        >
          <Icon aria-label={kind === "gate" ? "Gate" : "Question"} className="size-4" />
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span
              dir="auto"
              className="min-w-0 flex-1 truncate text-left text-sm font-medium text-ink"
            >
              {plainWords(stage_name)}
            </span>
            <RelativeTime at={since} className="text-xs text-ink-3" />
          </span>
          <span className="line-clamp-2 text-xs text-ink-2">
            <Words text={requestOf(item)} />
          </span>
          {summary !== "" && (
            <span title={summary} className="block truncate text-xs text-ink-3">
              {summary}
            </span>
          )}
          <span className="mt-0.5 flex items-baseline gap-2 text-xs text-ink-3">
            <span dir="auto" className="min-w-0 flex-1 truncate text-left">
              {plainWords(workflow_name)}
            </span>
            {deadline !== null && <TimeLeft at={deadline} />}
          </span>
        </span>
      </button>
    </li>
  );
}
