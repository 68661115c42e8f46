import { Hourglass, UserRound } from "lucide-react";

import type { InboxItem } from "@/api/inbox";
import { RelativeTime, TimeLeft } from "@/components/time";
import { askedOf } from "@/model/inbox";

/** Whom something waits for, since when, and until when. */
export function WaitingFacts({ item }: { item: InboxItem }) {
  const { since, deadline } = item;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3 [&_svg]:size-3.5">
      <span className="flex items-center gap-1.5">
        <UserRound aria-hidden="true" />
        For {askedOf(item)}
      </span>
      <span>
        asked <RelativeTime at={since} />
      </span>
      {deadline !== null && (
        <span className="flex items-center gap-1.5">
          <Hourglass aria-hidden="true" />
          <TimeLeft at={deadline} />
        </span>
      )}
    </p>
  );
}
