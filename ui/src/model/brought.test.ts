import { expect, it } from "vitest";

import { makeStep } from "@/testing/runs";

import { broughtBefore } from "./brought";

it("finds what was brought, also behind gates and what brought nothing", () => {
  const draft = makeStep({ stage_id: "draft", outputs: { text: "They leave." } });
  const facts = makeStep({ stage_id: "facts", summary: "Three sources." });
  const agree = makeStep({ stage_id: "agree", stage_type: "gate", depends_on: ["draft"] });
  const older = makeStep({ stage_id: "older", outputs: { text: "Long ago." } });
  const empty = makeStep({ stage_id: "empty", status: "skipped", depends_on: ["facts"] });
  const release = makeStep({ stage_id: "release", depends_on: ["empty", "agree", "gone"] });
  const steps = [older, facts, draft, agree, empty, release];
  expect(broughtBefore(steps, release)).toEqual([facts, draft]);
  // What is behind something that was brought is part of that already.
  const after = makeStep({ stage_id: "after", depends_on: ["facts"] });
  expect(broughtBefore([{ ...facts, depends_on: ["older"] }, older, after], after)).toHaveLength(1);
  expect(broughtBefore(steps, older)).toEqual([]);
});
