import { expect, it } from "vitest";

import type { Question } from "@/api/executions";

import { choose, readAnswers, write } from "./answers";

const option = (label: string) => ({ label, description: "" });
const one: Question = {
  name: "Tone",
  question: "How?",
  header: "Tone",
  options: [option("plain"), option("learned")],
  multi_select: false,
};
const many: Question = { ...one, name: "Readers", multi_select: true };
const own: Question = { ...one, name: "Must have", options: [] };

it("keeps one choice, or several", () => {
  const first = choose({}, one, "plain");
  expect(choose(first, one, "learned")).toEqual({ Tone: ["learned"] });
  expect(choose(first, one, "plain")).toEqual({ Tone: [] });
  const both = choose(choose({}, many, "plain"), many, "learned");
  expect(both).toEqual({ Readers: ["plain", "learned"] });
  expect(choose(both, many, "plain")).toEqual({ Readers: ["learned"] });
});

it("reads what is sent, and what is missing", () => {
  const draft = choose(choose({}, one, "plain"), many, "learned");
  expect(readAnswers([one, many, own], draft)).toEqual({
    answers: { Tone: "plain", Readers: ["learned"] },
    missing: ["Must have"],
  });
  const whole = write(draft, own, "  the date ");
  expect(readAnswers([one, many, own], whole).answers["Must have"]).toBe("the date");
  expect(readAnswers([own], write({}, own, "   ")).missing).toEqual(["Must have"]);
  expect(readAnswers([own], write(whole, own, "")).missing).toEqual(["Must have"]);
});
