import { describe, expect, it } from "vitest";

import {
  fieldText,
  hasSameValues,
  parametersOf,
  readForm,
  summaryOf,
  widgetOf,
} from "./parameters";

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

describe("whole numbers with more digits than a page keeps", () => {
  const parameters = parametersOf({
    i: { type: "integer" },
    n: { type: "number" },
    o: { type: "object" },
  });
  const large = "12345678901234567890";

  it.each([
    ["i", large],
    ["i", `-${large}`],
    ["i", "1e300"],
    ["n", large],
    ["o", `{ "id": ${large} }`],
    ["o", `{ "say": "\\"1", "ids": [1, ${large}] }`],
  ])("are refused: %s = %s", (name, text) => {
    const { values, errors } = readForm(parameters, { [name]: text });
    expect(values).toEqual({});
    expect(errors[name]).toMatch(/would lose digits/);
  });

  it.each([
    ["i", "9007199254740991", Number.MAX_SAFE_INTEGER],
    ["n", "1e300", 1e300],
    ["n", "0.12345678901234567890", 0.123_456_789_012_345_68],
    ["o", `{ "id": "${large}" }`, { id: large }],
  ])("are not to be mistaken for %s = %s", (name, text, value) => {
    expect(readForm(parameters, { [name]: text })).toEqual({
      values: { [name]: value },
      errors: {},
    });
  });
});

describe("hasSameValues", () => {
  const parameters = parametersOf({
    topic: { type: "string" },
    tone: { type: "string", default: "dry" },
    more: { type: "object" },
  });

  it.each([
    [{}, {}, true],
    [{ topic: "a" }, { topic: "a", tone: "dry", more: null }, true],
    [{ topic: "a", tone: "wet" }, { topic: "a", tone: "dry" }, false],
    [{ topic: "a" }, { topic: "b" }, false],
    [{ more: { a: 1, b: [2] } }, { more: { b: [2], a: 1 } }, true],
    [{ more: { a: 1, b: [2, 3] } }, { more: { a: 1, b: [3, 2] } }, false],
    // What is not asked for any more makes no difference.
    [{}, { gone: 1 }, true],
  ])("of %j and %j is %s", (one, other, same) => {
    expect(hasSameValues(parameters, one, other)).toBe(same);
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
