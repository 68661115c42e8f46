// Time drawn along a line, with the long stretches in which nothing works
// folded: a run that waited two days for a person still shows its minutes.

export interface Interval {
  from: number;
  to: number;
}

/** A stretch of time and how much of the line it gets. */
export interface Piece extends Interval {
  folded: boolean;
  /** Share of the line, from 0 to 1. */
  start: number;
  end: number;
}

export interface TimeScale {
  pieces: readonly Piece[];
  /** Where a time stands on the line, from 0 to 1. */
  at: (time: number) => number;
}

/** What a fold takes of the line. */
const FOLD_SHARE = 0.045;
/** All folds together take no more. */
const FOLDS_SHARE_MAX = 0.35;
/** A gap shorter than this is never folded. */
const GAP_MS_MIN = 5_000;
/** A gap longer than this share of the work is folded. */
const GAP_SHARE = 0.35;
/** So near to the middle of a fold stands what the fold is called. */
const FOLD_WORDS = 0.06;

/** `busy` are the times in which something works; `whole` is what is shown. */
export function makeScale(busy: readonly Interval[], whole: Interval): TimeScale {
  const stretches = withGaps(merge(busy, whole), whole);
  const worked = stretches.reduce((sum, one) => sum + (one.idle ? 0 : one.to - one.from), 0);
  const longest = Math.max(GAP_MS_MIN, worked * GAP_SHARE);
  const kept = stretches.map(({ idle, from, to }) => ({
    from,
    to,
    folded: idle && to - from > longest,
  }));
  const pieces = share(kept);
  return { pieces, at: (time) => placeOf(pieces, time) };
}

/** The intervals without overlaps, cut to what is shown. */
function merge(intervals: readonly Interval[], whole: Interval): Interval[] {
  const merged: Interval[] = [];
  for (const one of intervals.toSorted((a, b) => a.from - b.from)) {
    const from = Math.max(one.from, whole.from);
    const to = Math.min(one.to, whole.to);
    if (to < from) continue;
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

function withGaps(busy: readonly Interval[], whole: Interval) {
  const stretches: { idle: boolean; from: number; to: number }[] = [];
  let time = whole.from;
  for (const { from, to } of busy) {
    if (from > time) stretches.push({ idle: true, from: time, to: from });
    stretches.push({ idle: false, from, to });
    time = to;
  }
  if (whole.to > time || stretches.length === 0) {
    stretches.push({ idle: busy.length > 0, from: time, to: Math.max(whole.to, time) });
  }
  return stretches;
}

function share(stretches: readonly (Interval & { folded: boolean })[]): Piece[] {
  const folds = stretches.filter(({ folded }) => folded).length;
  const shown = stretches.reduce((sum, one) => sum + (one.folded ? 0 : one.to - one.from), 0);
  const fold = folds === 0 ? 0 : Math.min(FOLD_SHARE, FOLDS_SHARE_MAX / folds);
  const rest = shown === 0 ? 0 : 1 - fold * folds;
  let start = 0;
  return stretches.map((one) => {
    const part = one.folded ? fold : shown === 0 ? 0 : ((one.to - one.from) / shown) * rest;
    const piece = { ...one, start, end: start + part };
    start += part;
    return piece;
  });
}

function placeOf(pieces: readonly Piece[], time: number): number {
  for (const { from, to, start, end } of pieces) {
    if (time < from) return start;
    if (time <= to && to > from) return start + ((time - from) / (to - from)) * (end - start);
  }
  return pieces.at(-1)?.end ?? 0;
}

const STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800,
  86_400, 172_800, 604_800,
];

/** Times worth a mark: round ones since the beginning, in no fold, not too close. */
export function marksOf({ pieces }: TimeScale, most = 6): { time: number; at: number }[] {
  const [first] = pieces;
  if (!first) return [];
  const shown = pieces.reduce((sum, one) => sum + (one.folded ? 0 : one.to - one.from), 0);
  const step = (STEPS_S.find((seconds) => shown / (seconds * 1000) <= most) ?? 604_800) * 1000;
  const folds = pieces.filter(({ folded }) => folded).map(({ start, end }) => (start + end) / 2);
  const marks: { time: number; at: number }[] = [];
  for (const piece of pieces) {
    if (piece.folded) continue;
    const begin = Math.ceil((piece.from - first.from) / step) * step + first.from;
    for (let time = begin; time <= piece.to; time += step) {
      const at = placeOf(pieces, time);
      const before = marks.at(-1);
      if (folds.some((fold) => Math.abs(fold - at) < FOLD_WORDS)) continue;
      if (!before || at - before.at > 0.5 / most) marks.push({ time, at });
    }
  }
  return marks;
}
