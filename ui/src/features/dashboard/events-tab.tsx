import { RelativeTime } from "@/components/time";
import { ErrorState } from "@/components/states";
import { eventWords } from "@/model/event-words";

import type { PanelProps } from "./stage-panel";

/** What happened to a stage, as it is stored. */
export function EventsTab({ step, history }: PanelProps) {
  if (history.events.length === 0 && history.error !== null) {
    return <ErrorState error={history.error} />;
  }
  const events = history.events
    .map((event) => ({ event, words: eventWords(event) }))
    .filter(({ words }) => words.stage === step.stage_id);
  if (events.length === 0) return <p className="text-sm text-ink-3">Nothing happened yet.</p>;
  return (
    <ol aria-label="Events" className="flex flex-col">
      {events.map(({ event, words }) => (
        <li
          key={event.seq}
          data-tone={words.tone}
          className="relative flex gap-3 pb-3.5 pl-4 before:absolute before:top-2 before:left-[3px] before:h-full before:w-px before:bg-line last:before:hidden"
        >
          <span
            aria-hidden="true"
            className="absolute top-1.5 left-0 size-[7px] rounded-full bg-tone-solid ring-3 ring-surface"
          />
          <div className="min-w-0 flex-1">
            <p className="text-sm text-ink">{words.title}</p>
            {words.detail !== undefined && (
              <p className="text-xs [overflow-wrap:anywhere] text-ink-3">{words.detail}</p>
            )}
          </div>
          <RelativeTime at={event.at} className="shrink-0 text-xs leading-5 text-ink-3" />
        </li>
      ))}
    </ol>
  );
}
