import { describe, expect, it } from "vitest";

import { block, fields, shown, textAt, textsAt } from "./definition";

describe("blocks of a definition", () => {
  it("are read without trust in their shape", () => {
    expect(block(null)).toEqual({});
    expect(block([1])).toEqual({});
    expect(textAt({ primary: { artifact: "agent:a" } }, "primary", "artifact")).toBe("agent:a");
    expect(textAt({ primary: "agent:a" }, "primary", "artifact")).toBeUndefined();
    expect(textsAt({ tools: ["a", 1] }, "tools")).toEqual(["a"]);
    expect(textsAt(null, "tools")).toEqual([]);
  });

  it("are shown as somebody would read them", () => {
    expect(shown("a\nb")).toBe("a\nb");
    expect(shown({ a: [1] })).toBe('{"a":[1]}');
    expect(shown({ a: "x".repeat(60) })).toContain("\n");
    expect(fields({ a: null, b: 0 })).toEqual([["b", 0]]);
  });
});
