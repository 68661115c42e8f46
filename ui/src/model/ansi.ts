// Colours and weights that programs ask for with escape sequences.

export type AnsiColour = "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "grey";

export interface AnsiSpan {
  text: string;
  colour: AnsiColour | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

type Look = Omit<AnsiSpan, "text">;

const PLAIN: Look = { colour: null, bold: false, dim: false, italic: false, underline: false };

/** Escape sequences: those for looks with their numbers, and all others. */
const SEQUENCE =
  // eslint-disable-next-line no-control-regex
  /\u001b(?:\[([\d;:]*)m|\[[\d;?]*[A-Za-ln-z]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;
/** What only a terminal understands, and what turns around the words that follow. */
const CONTROL =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

const BASIC: readonly (AnsiColour | null)[] = [
  "grey",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  null,
];

/** A line without what only a terminal understands, as it was written over last. */
export function plainText(line: string): string {
  return written(line.replace(SEQUENCE, "")).replace(CONTROL, "");
}

/**
 * What an agent says to people, as it may be shown beside words of our own: without
 * what only a terminal understands, and with all of its lines.
 */
export function plainWords(text: string): string {
  return text.replace(SEQUENCE, "").replace(/\r\n?/g, "\n").replace(CONTROL, "");
}

/** A carriage return has a line written over, unless nothing comes after it. */
function written(text: string): string {
  if (!text.includes("\r")) return text;
  return text.replace(/\r+(?=\n|$)/g, "").replace(/[^\n]*\r/g, "");
}

/** The parts of a line that look the same. */
export function parseAnsi(line: string): AnsiSpan[] {
  let spans: AnsiSpan[] = [];
  let look = PLAIN;
  let at = 0;
  let over = false;
  const push = (piece: string) => {
    for (const [index, text] of piece.split("\r").entries()) {
      over ||= index > 0;
      const shown = text.replace(CONTROL, "");
      if (shown === "") continue;
      // What was there before is gone as soon as something is written over it.
      if (over) spans = [];
      over = false;
      spans.push({ ...look, text: shown });
    }
  };
  for (const match of line.matchAll(SEQUENCE)) {
    push(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1] !== undefined) look = applyCodes(look, match[1]);
  }
  push(line.slice(at));
  return spans;
}

function applyCodes(look: Look, codes: string): Look {
  const numbers = codes === "" ? [0] : codes.split(/[;:]/).map(Number);
  let next = look;
  for (let index = 0; index < numbers.length; index += 1) {
    const code = numbers[index] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, length] = extended(numbers.slice(index + 1));
      if (code === 38) next = { ...next, colour };
      index += length;
    } else {
      next = applyCode(next, code);
    }
  }
  return next;
}

function applyCode(look: Look, code: number): Look {
  if (code >= 30 && code <= 37) return { ...look, colour: BASIC[code - 30] ?? null };
  if (code >= 90 && code <= 97) return { ...look, colour: BASIC[code - 90] ?? null };
  switch (code) {
    case 0:
      return PLAIN;
    case 1:
      return { ...look, bold: true };
    case 2:
      return { ...look, dim: true };
    case 3:
      return { ...look, italic: true };
    case 4:
      return { ...look, underline: true };
    case 22:
      return { ...look, bold: false, dim: false };
    case 23:
      return { ...look, italic: false };
    case 24:
      return { ...look, underline: false };
    case 39:
      return { ...look, colour: null };
    default:
      return look;
  }
}

/** A colour of 256 or of 16 million, and how many numbers it took. */
function extended(rest: readonly number[]): [AnsiColour | null, number] {
  const [kind, a = 0, b = 0, c = 0] = rest;
  if (kind === 2) return [nearest(a, b, c), 4];
  if (kind !== 5) return [null, 0];
  if (a < 16) return [BASIC[a % 8] ?? null, 2];
  if (a >= 232) return [a < 244 ? "grey" : null, 2];
  const cube = a - 16;
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  return [
    nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)),
    2,
  ];
}

/** Of the few colours that can be read on both themes, the one with the closest hue. */
function nearest(red: number, green: number, blue: number): AnsiColour | null {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range < 40) return most < 150 ? "grey" : null;
  const sector =
    most === red
      ? ((green - blue) / range + 6) % 6
      : most === green
        ? (blue - red) / range + 2
        : (red - green) / range + 4;
  const hues: readonly AnsiColour[] = ["red", "yellow", "green", "cyan", "blue", "magenta"];
  return hues[Math.round(sector) % 6] ?? null;
}

/** What a part of a line is, when somebody searches in it. */
export interface MarkedSpan extends AnsiSpan {
  marked: boolean;
}

/** Cuts the parts where what is searched for begins and ends. */
export function markSpans(spans: readonly AnsiSpan[], query: string): MarkedSpan[] {
  if (query === "") return spans.map((span) => ({ ...span, marked: false }));
  const text = spans
    .map((span) => span.text)
    .join("")
    .toLowerCase();
  const wanted = query.toLowerCase();
  const cuts = new Set<number>();
  const hits: [number, number][] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    hits.push([at, at + wanted.length]);
    cuts.add(at).add(at + wanted.length);
  }
  let offset = 0;
  return spans.flatMap((span) => {
    const begin = offset;
    offset += span.text.length;
    const inside = [...cuts].filter((cut) => cut > begin && cut < offset);
    const edges = [begin, ...inside.sort((a, b) => a - b), offset];
    return edges.slice(0, -1).map((from, index) => {
      const to = edges[index + 1] ?? offset;
      const marked = hits.some(([start, end]) => from >= start && to <= end);
      return { ...span, text: span.text.slice(from - begin, to - begin), marked };
    });
  });
}
