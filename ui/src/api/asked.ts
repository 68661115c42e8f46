// Which of all the news concern what waits for people.

import type { InboxItem } from "./inbox";

/** What a message says it is about; all of a run when it names no stage. */
export interface About {
  execution_id: string;
  stage_id?: string;
}

/**
 * Tells whether a message may change the inbox: something begins to wait, or
 * something happens to what waits. `known` is the inbox as it was read last.
 */
export function createAsked(known: () => readonly InboxItem[] | undefined) {
  // What has begun to wait since, so that its end is no news of another thing.
  const begun = new Map<string, Set<string>>();
  return (event: string, { execution_id: run, stage_id: stage }: About): boolean => {
    if (event.startsWith("stage_waiting_for_") && stage !== undefined) {
      begun.set(run, (begun.get(run) ?? new Set()).add(stage));
      return true;
    }
    const stages = begun.get(run);
    if (event === "execution_completed") begun.delete(run);
    if (stages && (stage === undefined || stages.delete(stage))) return true;
    const items = known();
    // Nobody knows yet what waits.
    if (items === undefined) return true;
    return items.some(
      (item) => item.execution_id === run && (stage === undefined || item.stage_id === stage),
    );
  };
}
