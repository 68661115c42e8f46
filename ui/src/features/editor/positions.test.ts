import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";

import { offsetOf, positionOf, spanOf } from "./positions";

const TEXT = Text.of(["a: 1", "🙂b: 2"]);

describe("positions", () => {
  it("count characters, not units", () => {
    expect(offsetOf(TEXT, { line: 2, column: 2 })).toBe(7);
    expect(positionOf(TEXT, 7)).toEqual({ line: 2, column: 2 });
    expect(positionOf(TEXT, 0)).toEqual({ line: 1, column: 1 });
  });

  it("stay within the text", () => {
    expect(offsetOf(TEXT, { line: 9, column: 99 })).toBe(TEXT.length);
    expect(offsetOf(TEXT, { line: 0, column: 0 })).toBe(0);
  });
});

describe("spanOf", () => {
  it("takes nothing but spans", () => {
    const span = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };
    expect(spanOf(span)).toEqual(span);
    expect(spanOf(null)).toBeUndefined();
    expect(spanOf({ start: { line: 1 } })).toBeUndefined();
  });
});
