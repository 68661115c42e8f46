import { ArrowRight, Check, CircleMinus, Undo2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { InboxItem } from "@/api/inbox";
import { isFocusLost } from "@/app/focus";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { RelativeTime } from "@/components/time";
import { tip } from "@/components/tooltip";
import { requestOf } from "@/model/inbox";
import { type Outcome, outcomeWords } from "@/model/outcome";

import { Words } from "./words";

const LOOKS = {
  approved: { tone: "completed", Icon: Check },
  rejected: { tone: "failed", Icon: X },
  answered: { tone: "completed", Icon: Check },
  returned: { tone: "waiting", Icon: Undo2 },
  over: { tone: "neutral", Icon: CircleMinus },
} as const;

/** Where somebody goes on when they have read what became of it. */
export interface Next {
  label: string;
  go: () => void;
}

/**
 * What became of a request, in the place of its form: whoever looked at it is told,
 * and nothing else comes under their hands until they go on.
 */
export function Settled({
  item,
  outcome,
  next,
}: {
  item: InboxItem;
  /** Nothing until it is known. */
  outcome: Outcome | null;
  next: Next | undefined;
}) {
  const place = useRef<HTMLParagraphElement>(null);
  const { tone, Icon } = LOOKS[outcome?.kind ?? "over"];
  const words = outcome ? outcomeWords(outcome) : "It does not wait any more";
  const said = useAnnounced(place, words);
  useHotkeys("What waits", next ? [{ keys: "n", does: "To what comes next", run: next.go }] : []);
  return (
    <section
      aria-label={words}
      data-tone={tone}
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4 shadow-1"
    >
      <p
        ref={place}
        tabIndex={-1}
        className="flex items-center gap-2 rounded-sm font-medium text-ink"
      >
        <Icon aria-hidden="true" className="size-4 shrink-0 text-tone" />
        <span>
          <Words text={words} />
          {outcome && outcome.at !== null && (
            <>
              {" "}
              <RelativeTime at={outcome.at} className="font-normal text-ink-3" />
            </>
          )}
        </span>
      </p>
      <p role="status" className="sr-only">
        {said}
      </p>
      {next && (
        <Button className="self-start" onClick={next.go} {...tip("To what comes next", "n")}>
          <Words text={next.label} />
          <ArrowRight aria-hidden="true" />
        </Button>
      )}
      {outcome && outcome.reason !== null && (
        <p className="text-sm [overflow-wrap:anywhere] whitespace-pre-line text-ink-2">
          <Words text={outcome.reason} />
        </p>
      )}
      <p className="text-sm [overflow-wrap:anywhere] whitespace-pre-line text-ink-3">
        <Words text={requestOf(item)} />
      </p>
    </section>
  );
}

/**
 * Leads whoever was in the form that is gone to the words; to all others they are
 * said, without the time, which never stands still.
 */
function useAnnounced(place: { current: HTMLElement | null }, words: string): string {
  const [said, setSaid] = useState("");
  const led = useRef(false);
  useEffect(() => {
    if (!led.current && isFocusLost(place.current)) place.current?.focus();
    else setSaid(words);
    led.current = true;
  }, [place, words]);
  return said;
}
