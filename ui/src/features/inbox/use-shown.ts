import { useState } from "react";

import type { InboxItem } from "@/api/inbox";
import { isSameItem, keyOf, nameOf } from "@/model/inbox";

interface Held {
  /** What the address said when it was opened. */
  named: string | undefined;
  item: InboxItem | undefined;
  /** Where it stood in the list, or what came after it stands now. */
  place: number;
}

interface Known {
  /** All that waits; nothing before that is known. */
  all: readonly InboxItem[] | undefined;
  /** Those of them that are listed, in their order. */
  items: readonly InboxItem[];
  /** What the address asks for. */
  named: string | undefined;
}

/**
 * What is looked at. It stays when something more urgent comes, and when it is
 * answered: nothing comes under the hands of who answers until they go on.
 */
export function useShown({ all, items, named }: Known) {
  const [held, setHeld] = useState<Held>({ named, item: undefined, place: 0 });
  const waits = (one: InboxItem) => all?.find((item) => keyOf(item) === keyOf(one));
  const kept = held.named === named ? held.item : undefined;
  const answered = kept !== undefined && all !== undefined && !waits(kept);
  const listed = (one: InboxItem | undefined) =>
    one && items.find((item) => keyOf(item) === keyOf(one));
  const byName = items.find((item) => nameOf(item) === named);
  const elsewhere = named !== undefined && all?.every((item) => nameOf(item) !== named);
  const first = elsewhere ? undefined : (byName ?? items[0]);
  const shown = answered ? kept : (listed(kept) ?? first);

  const index = items.findIndex((item) => shown !== undefined && keyOf(item) === keyOf(shown));
  const place = index < 0 ? held.place : index;
  const isHeld = held.named === named && held.place === place && isSameItem(held.item, shown);
  if (all !== undefined && !isHeld) setHeld({ named, item: shown, place });
  return {
    shown,
    answered,
    /** What the address asks for, when it is not among what waits and was not looked at. */
    missed: elsewhere === true && shown === undefined ? named : undefined,
    /** The one so many further on; at the ends of the list it is the last one there. */
    beside: (by: 1 | -1): InboxItem | undefined => {
      const from = index < 0 && by > 0 ? place - 1 : place;
      return items[Math.max(0, Math.min(items.length - 1, from + by))];
    },
    hold: (item: InboxItem | undefined) => setHeld({ named, item, place }),
  };
}
