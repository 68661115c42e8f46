import { expect, it } from "vitest";

import { unfolded } from "./unfolded";

it.each([
  ["one\ntwo\r\nthree", "one two three"],
  ["a\nb\nc\n", "a b c"],
  ["first\n \nsecond", "first\n\nsecond"],
  ["Does:\n  - this\n  - that\n    too", "Does:\n- this\n- that too"],
  ["Steps\n1. read\n2. write", "Steps\n1. read\n2. write"],
])("joins the lines of a paragraph, and nothing else: %j", (text, expected) => {
  expect(unfolded(text)).toBe(expected);
});
