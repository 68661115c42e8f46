import { describe, expect, it } from "vitest";

import { pathThrough } from "./bend-edge";

describe("pathThrough", () => {
  it("is level where it can be, and curved between layers", () => {
    expect(pathThrough([])).toBe("");
    expect(
      pathThrough([
        { x: 0, y: 5 },
        { x: 10, y: 5 },
      ]),
    ).toBe("M0 5L10 5");
    expect(
      pathThrough([
        { x: 0, y: 0 },
        { x: 10, y: 8 },
      ]),
    ).toBe("M0 0C5 0 5 8 10 8");
    expect(
      pathThrough(
        [
          { x: 0, y: 0 },
          { x: 10, y: 8 },
        ],
        true,
      ),
    ).toBe("M0 0C0 4 10 4 10 8");
  });
});
