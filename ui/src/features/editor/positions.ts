// The server counts characters; the editor counts UTF-16 units.

import type { Text } from "@codemirror/state";

export interface Position {
  line: number;
  column: number;
}

export interface Span {
  start: Position;
  end: Position;
}

/** The offset of a place, or the nearest one where the text has become shorter. */
export function offsetOf(text: Text, { line, column }: Position): number {
  const at = text.line(Math.max(1, Math.min(line, text.lines)));
  const before = Array.from(at.text)
    .slice(0, Math.max(0, column - 1))
    .join("");
  return at.from + before.length;
}

export function positionOf(text: Text, offset: number): Position {
  const at = text.lineAt(offset);
  return { line: at.number, column: Array.from(at.text.slice(0, offset - at.from)).length + 1 };
}

/** The span of a finding, which the document describes no further. */
export function spanOf(value: unknown): Span | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { start, end } = value as Partial<Span>;
  return isPosition(start) && isPosition(end) ? { start, end } : undefined;
}

function isPosition(value: unknown): value is Position {
  if (typeof value !== "object" || value === null) return false;
  const { line, column } = value as Partial<Position>;
  return typeof line === "number" && typeof column === "number";
}
