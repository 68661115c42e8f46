import { describe, expect, it } from "vitest";

import { markSpans, parseAnsi, plainText, plainWords } from "./ansi";

const ESC = "\u001b";

describe("parseAnsi", () => {
  it("leaves a plain line alone", () => {
    expect(parseAnsi("all is well").map(({ text, colour }) => [text, colour])).toEqual([
      ["all is well", null],
    ]);
    expect(parseAnsi("")).toEqual([]);
  });

  it("knows colours, weights and their ends", () => {
    const spans = parseAnsi(
      `${ESC}[1;31mno${ESC}[22m way${ESC}[0m ${ESC}[4;3;2;95mx${ESC}[24;23;39my`,
    );
    expect(spans.map(({ text, colour, bold }) => [text, colour, bold])).toEqual([
      ["no", "red", true],
      [" way", "red", false],
      [" ", null, false],
      ["x", "magenta", false],
      ["y", null, false],
    ]);
    expect(spans[3]).toMatchObject({ underline: true, italic: true, dim: true });
    expect(spans[4]).toMatchObject({ underline: false, italic: false, dim: true });
  });

  it("finds a readable colour for 256 and for 16 million", () => {
    const colourOf = (codes: string) => parseAnsi(`${ESC}[${codes}mx`)[0]?.colour;
    expect(colourOf("38;5;1")).toBe("red");
    expect(colourOf("38;5;46")).toBe("green");
    expect(colourOf("38;5;240")).toBe("grey");
    expect(colourOf("38;5;255")).toBeNull();
    expect(colourOf("38;2;255;200;0")).toBe("yellow");
    expect(colourOf("38;2;0;90;255")).toBe("blue");
    expect(colourOf("38;2;0;255;255")).toBe("cyan");
    expect(colourOf("38;2;20;20;20")).toBe("grey");
    expect(colourOf("38;2;240;240;240")).toBeNull();
    expect(colourOf("48;5;1;32")).toBe("green");
    expect(colourOf("38")).toBeNull();
  });

  it("drops what only a terminal understands", () => {
    expect(plainText(`${ESC}[2K${ESC}]0;title\u0007${ESC}[1Ga\u0007b\tc`)).toBe("ab\tc");
    expect(
      parseAnsi(`${ESC}[2Ka${ESC}(b`)
        .map(({ text }) => text)
        .join(""),
    ).toContain("a");
  });
});

/** What is drawn of a line. */
const drawn = (line: string) =>
  parseAnsi(line)
    .map(({ text }) => text)
    .join("");

describe("a line that is written over", () => {
  const LINES: readonly [string, string][] = [
    ["prog 1\rprog 2", "prog 2"],
    ["\r\rprog 1\rprog 2\r", "prog 2"],
    ["a line of Windows\r", "a line of Windows"],
    [`${ESC}[31m10 %\r${ESC}[1m20 %${ESC}[0m\r`, "20 %"],
    [`100 %\r${ESC}[K`, "100 %"],
    ["\r", ""],
  ];
  it.each(LINES)("%j shows what was written last", (line, last) => {
    expect(plainText(line)).toBe(last);
    expect(drawn(line)).toBe(last);
  });

  it("keeps the looks that were asked for before", () => {
    expect(parseAnsi(`${ESC}[31m10 %\r20 %`)).toEqual([
      expect.objectContaining({ text: "20 %", colour: "red" }),
    ]);
  });
});

it("drops what turns words around, and an escape that begins nothing", () => {
  const line = `\u202Elive\u202C \u2067x\u2069 ${ESC}[ ${ESC}(b \u009b1m.`;
  expect(plainText(line)).toBe("live x [ (b 1m.");
  expect(drawn(line)).toBe("live x [ (b 1m.");
  expect(plainWords(line)).toBe("live x [ (b 1m.");
});

it("keeps each line of what is said to people, whatever ends it", () => {
  expect(plainWords(`${ESC}[31mone${ESC}[0m\r\ntwo\rthree\tfour`)).toBe("one\ntwo\nthree\tfour");
});

describe("markSpans", () => {
  it("marks what is found, across parts, whatever its case", () => {
    const spans = parseAnsi(`Err${ESC}[31mOR here, no error`);
    const marked = markSpans(spans, "error").map(({ text, colour, marked: hit }) => [
      text,
      colour,
      hit,
    ]);
    expect(marked).toEqual([
      ["Err", null, true],
      ["OR", "red", true],
      [" here, no ", "red", false],
      ["error", "red", true],
    ]);
  });

  it("marks nothing when nothing is searched for", () => {
    expect(markSpans(parseAnsi("abc"), "").map(({ marked }) => marked)).toEqual([false]);
    expect(markSpans(parseAnsi("abc"), "z").map(({ marked }) => marked)).toEqual([false]);
  });
});
