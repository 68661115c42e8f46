// What the tabs of a browser take turns at. Over HTTP/1.1 a browser opens six
// connections to a server for all its tabs together; a stream keeps one, so that
// four tabs with two of them each would leave none for anything else.

/** Runs that are followed at once, in all tabs. */
const RUNS_FOLLOWED = 3;

export type GiveBack = () => void;

/** Waits for a turn, or until `signal` says that nobody wants it; `onWait` is told when others have it. */
export type TakeTurn = (signal: AbortSignal, onWait: () => void) => Promise<GiveBack | undefined>;

const FOLLOWING = Array.from({ length: RUNS_FOLLOWED }, (_, place) => `baton.run.${place + 1}`);

/** One of the few places for streams of runs. */
export const turnToFollow: TakeTurn = (signal, onWait) => take(FOLLOWING, signal, onWait);

/** To hear the news for all tabs. */
export const turnToHear: TakeTurn = (signal, onWait) => take(["baton.news"], signal, onWait);

/** Whether tabs know of each other; where they do not, each has what it wants. */
export function takesTurns(): boolean {
  return locks() !== undefined;
}

/** What tabs know of each other by; browsers have it for pages that came safely. */
function locks(): LockManager | undefined {
  // Types say that it is always there.
  return (navigator as Partial<Navigator>).locks;
}

async function take(
  names: readonly string[],
  signal: AbortSignal,
  onWait: () => void,
): Promise<GiveBack | undefined> {
  const all = locks();
  if (all === undefined) return alone;
  try {
    for (const name of names) {
      if (signal.aborted) return undefined;
      const free = await hold(all, name, { ifAvailable: true });
      if (free) return free;
    }
  } catch {
    // A browser that keeps nothing for this page has no locks for it either.
    return alone;
  }
  if (signal.aborted) return undefined;
  onWait();
  return first(all, names, signal);
}

/** Who knows of nobody waits for nobody. */
function alone(): void {
  // Nothing was taken.
}

/** Holds a lock until it is given back; nothing where it is not free, or nobody waits any more. */
function hold(all: LockManager, name: string, options: LockOptions): Promise<GiveBack | undefined> {
  return new Promise((done, fail) => {
    const held = (lock: Lock | null) => {
      if (lock !== null) return new Promise<void>((giveBack) => done(giveBack));
      done(undefined);
      return undefined;
    };
    all.request(name, options, held).catch((error: unknown) => {
      if (options.signal?.aborted === true) done(undefined);
      else fail(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

/** Waits for whichever is free first, and gives back what comes after it. */
function first(
  all: LockManager,
  names: readonly string[],
  signal: AbortSignal,
): Promise<GiveBack | undefined> {
  const found = new AbortController();
  const waits = AbortSignal.any([signal, found.signal]);
  return new Promise((done, fail) => {
    const asked = names.map(async (name) => {
      const giveBack = await hold(all, name, { signal: waits });
      if (giveBack === undefined) return;
      if (waits.aborted) {
        giveBack();
        return;
      }
      found.abort();
      done(giveBack);
    });
    Promise.all(asked).then(() => done(undefined), fail);
  });
}
