import { useState } from "react";

import type { Execution, Step } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { isSameItem, itemOf } from "@/model/inbox";
import { stageToShow } from "@/model/run-story";

interface Held {
  /** What the address said when it was opened. */
  named: string | undefined;
  stage: string;
  /** What it asked for when it was opened. */
  item: InboxItem | null;
}

export interface ShownStage {
  shown: Step | undefined;
  /** What was asked there while somebody looked, and is not asked any more. */
  answered: InboxItem | null;
  /** What the page would show by itself. */
  next: Step | undefined;
  /** Goes along with the run again. */
  letGo: () => void;
}

/**
 * The stage that is looked at: the one that is named, or else what matters most at the
 * moment. Where somebody was asked it stays when that is answered, so that nothing else
 * comes under their hands until they go on.
 */
export function useShownStage(
  run: Execution,
  steps: readonly Step[],
  named: string | undefined,
): ShownStage {
  const [held, setHeld] = useState<Held | null>(null);
  const kept = held?.named === named ? held : null;
  const find = (id: string | undefined) => steps.find(({ stage_id }) => stage_id === id);
  const next = stageToShow(steps);
  const asked = kept && kept.item !== null ? find(kept.stage) : undefined;
  const shown = find(named) ?? asked ?? next;
  const now = shown ? itemOf(run, shown) : null;
  const before = kept && kept.stage === shown?.stage_id ? kept.item : null;
  const item = before ?? now;
  const isHeld = kept !== null && kept.stage === shown?.stage_id && isSameItem(kept.item, item);
  if (shown && !isHeld) setHeld({ named, stage: shown.stage_id, item });
  return {
    shown,
    answered: isSameItem(item, now) ? null : item,
    next,
    letGo: () => setHeld(null),
  };
}
