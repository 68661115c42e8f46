import { expect, it } from "vitest";

import { isFiltered, toFilters } from "./filters";

it("asks for what the address says, since a time that stays for a while", () => {
  const now = Date.parse("2026-01-02T10:03:21Z");
  expect(toFilters({}, now)).toEqual({});
  expect(
    toFilters({ status: "failed", search: "led", since: "24h", sort: "started_at" }, now),
  ).toEqual({
    status: "failed",
    search: "led",
    started_after: "2026-01-01T10:00:00.000Z",
    sort_by: "started_at",
  });
  expect(toFilters({ since: "1h" }, now)).toEqual(toFilters({ since: "1h" }, now + 60_000));
});

it("knows whether anything is left out", () => {
  expect(isFiltered({ sort: "created_at" })).toBe(false);
  expect(isFiltered({ since: "1h" })).toBe(true);
});
