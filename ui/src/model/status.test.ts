import { describe, expect, it } from "vitest";

import { choicesOf, isStepFailed, STATUSES } from "./status";

describe("states", () => {
  it("have words and a glyph each, so that colour is never alone", () => {
    for (const look of Object.values(STATUSES)) {
      expect(look.label).not.toBe("");
      expect(look.glyph).not.toBe("");
    }
  });

  it("are chosen by their words", () => {
    expect(choicesOf(["draft", "timed_out"])).toEqual([
      { value: "draft", label: "Draft" },
      { value: "timed_out", label: "Timed out" },
    ]);
  });

  it("of stages that came too late are failures, too", () => {
    expect((["failed", "timed_out"] as const).every(isStepFailed)).toBe(true);
    expect((["completed", "skipped", "cancelled"] as const).some(isStepFailed)).toBe(false);
  });
});
