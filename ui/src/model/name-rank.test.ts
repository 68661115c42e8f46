import { expect, it } from "vitest";

import { byNameRank } from "./name-rank";

it("puts a name that begins with the words first, then one with a word that does", () => {
  const names = ["The undrafted plan of a year", "A release draft", "Draft", "Drafting rules"];
  expect(byNameRank(names, "draft", (name) => name)).toEqual([
    "Draft",
    "Drafting rules",
    "A release draft",
    "The undrafted plan of a year",
  ]);
});

it("leaves everything where it is when nothing is looked for", () => {
  expect(byNameRank(["b", "a"], "", (name) => name)).toEqual(["b", "a"]);
});
