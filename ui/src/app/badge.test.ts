import { expect, it } from "vitest";

import { badge } from "./badge";

it("has the count before the page, whichever comes first", () => {
  badge.setCount(2);
  expect(document.title).toBe("(2) Baton");
  badge.setPage("Library");
  expect(document.title).toBe("(2) Library · Baton");
  badge.setCount(0);
  expect(document.title).toBe("Library · Baton");
});
