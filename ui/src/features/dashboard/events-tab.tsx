import type { ReactNode } from "react";

import { useDamage } from "@/api/damage";
import { ErrorState } from "@/components/states";
import { RelativeTime } from "@/components/time";
import { Words } from "@/features/waiting/words";
import { eventWords } from "@/model/event-words";
import type { Tone } from "@/model/status";

import type { PanelProps } from "./stage-panel";

/** What happened to a stage, as it is stored; and what of the run nobody can read. */
export function EventsTab({ run, step, history }: PanelProps) {
  const damage = useDamage(run.id);
  if (history.events.length === 0 && history.error !== null) {
    return <ErrorState error={history.error} />;
  }
  const events = history.events
    .map((event) => ({ event, words: eventWords(event) }))
    .filter(({ words }) => words.stage === step.stage_id);
  if (events.length + damage.length === 0) {
    return <p className="text-sm text-ink-3">Nothing happened yet.</p>;
  }
  return (
    <ol aria-label="Events" className="flex flex-col">
      {events.map(({ event, words }) => (
        <Item
          key={event.seq}
          tone={words.tone}
          title={words.title}
          detail={words.detail}
          aside={<RelativeTime at={event.at} className="shrink-0 text-xs leading-5 text-ink-3" />}
        />
      ))}
      {damage.map(({ place, detail }) => (
        <Item
          key={`damaged ${place}`}
          tone="failed"
          title="An event of the run cannot be read"
          detail={detail}
        />
      ))}
    </ol>
  );
}

function Item({
  tone,
  title,
  detail,
  aside,
}: {
  tone: Tone;
  title: string;
  detail: string | undefined;
  aside?: ReactNode;
}) {
  return (
    <li
      data-tone={tone}
      className="relative flex gap-3 pb-3.5 pl-4 before:absolute before:top-2 before:left-[3px] before:h-full before:w-px before:bg-line last:before:hidden"
    >
      <span
        aria-hidden="true"
        className="absolute top-1.5 left-0 size-[7px] rounded-full bg-tone-solid ring-3 ring-surface"
      />
      <div className="min-w-0 flex-1">
        <p className="text-sm text-ink">{title}</p>
        {detail !== undefined && (
          <p className="text-xs [overflow-wrap:anywhere] text-ink-3">
            <Words text={detail} />
          </p>
        )}
      </div>
      {aside}
    </li>
  );
}
