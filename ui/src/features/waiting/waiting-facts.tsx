import { Hourglass, UserRound } from "lucide-react";
import type { ReactNode } from "react";

import type { InboxItem } from "@/api/inbox";
import { Dotted } from "@/components/dotted";
import { RelativeTime, TimeLeft } from "@/components/time";
import { askedOf } from "@/model/inbox";

/** Whom something waits for, since when, and until when. */
export function WaitingFacts({
  item,
  children,
}: {
  item: InboxItem;
  /** Why it waits, where that is not said otherwise. */
  children?: ReactNode;
}) {
  const { since, deadline } = item;
  return (
    <Dotted className="gap-y-1 text-xs text-ink-3 [&_svg]:size-3.5 [&_svg]:shrink-0">
      <span className="flex items-center gap-1.5">
        <UserRound aria-hidden="true" />
        For {askedOf(item)}
      </span>
      <span>
        asked <RelativeTime at={since} />
      </span>
      {children !== undefined && <span className="[overflow-wrap:anywhere]">{children}</span>}
      {deadline !== null && (
        <span className="flex items-center gap-1.5">
          <Hourglass aria-hidden="true" />
          <TimeLeft at={deadline} />
        </span>
      )}
    </Dotted>
  );
}
