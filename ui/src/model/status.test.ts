import { describe, expect, it } from "vitest";

import { actionsFor, EXECUTION_STATUSES, isTerminal, STATUSES } from "./status";

describe("states of runs", () => {
  it("offer to start over exactly when they have ended", () => {
    for (const status of EXECUTION_STATUSES) {
      expect(actionsFor(status).includes("rerun")).toBe(isTerminal(status));
      expect(actionsFor(status).includes("cancel")).toBe(!isTerminal(status));
    }
  });

  it("have words and a glyph each, so that colour is never alone", () => {
    for (const look of Object.values(STATUSES)) {
      expect(look.label).not.toBe("");
      expect(look.glyph).not.toBe("");
    }
  });
});
