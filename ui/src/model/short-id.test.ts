import { expect, it } from "vitest";

import { shortId } from "./short-id";

it("tells apart runs that were started together", () => {
  expect(shortId("01a1fe84-0000-7000-8000-0000000000a1")).toBe("000000a1");
});
