import { describe, expect, it } from "vitest";

import { fieldText, parametersOf, readForm, summaryOf, widgetOf } from "./parameters";

const DECLARED = {
  dry: { type: "boolean", required: false, default: false },
  topic: { type: "string", required: true, default: null, description: "What about" },
  count: { type: "integer", required: false, default: null },
  tags: { type: "array<string>", required: false, default: null },
};

describe("summaryOf", () => {
  it.each([
    [{}, ""],
    [{ topic: "birds\n in winter", empty: null }, "topic=birds in winter"],
    [{ a: 1, b: ["x"], c: "left out" }, 'a=1 b=["x"]'],
    [{ text: "x".repeat(50) }, `text=${"x".repeat(39)}…`],
  ])("of %j is %s", (values, words) => {
    expect(summaryOf(values)).toBe(words);
  });
});

describe("parametersOf", () => {
  it("puts what must be given first", () => {
    expect(parametersOf(DECLARED).map(({ name }) => name)).toEqual([
      "topic",
      "dry",
      "count",
      "tags",
    ]);
  });

  it("does not ask for what has a default", () => {
    const [only] = parametersOf({ a: { type: "string", required: true, default: "x" } });
    expect(only?.required).toBe(false);
  });
});

describe("readForm", () => {
  const read = (form: Record<string, string>) => readForm(parametersOf(DECLARED), form);

  it("gives typed values and leaves out what is empty", () => {
    expect(read({ topic: "birds", count: "3", dry: "true", tags: '["a"]' })).toEqual({
      values: { topic: "birds", count: 3, dry: true, tags: ["a"] },
      errors: {},
    });
    expect(read({ topic: "birds" }).values).toEqual({ topic: "birds" });
  });

  it("says what is wrong with each", () => {
    expect(Object.keys(read({ count: "1.5", tags: "a, b" }).errors)).toEqual([
      "topic",
      "count",
      "tags",
    ]);
  });
});

describe("fields", () => {
  it("fit the types", () => {
    expect(
      ["boolean", "number", "string", "artifact_ref", "object", "array<string>"].map(widgetOf),
    ).toEqual(["switch", "number", "text", "artifact", "json", "json"]);
  });

  it("show values as they would be written", () => {
    expect(fieldText("string", "a")).toBe("a");
    expect(fieldText("integer", 3)).toBe("3");
    expect(fieldText("boolean", true)).toBe("true");
    expect(fieldText("array<string>", [])).toBe("[]");
    expect(fieldText("memory_item", "a")).toBe('"a"');
    expect(fieldText("string", null)).toBe("");
  });
});
