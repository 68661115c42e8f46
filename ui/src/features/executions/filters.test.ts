import { expect, it } from "vitest";

import { countFilters, isFiltered, readSearch, toFilters } from "./filters";

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

it("stays within what the list is of", () => {
  expect(toFilters({ status: "failed", project: "other" }, 0, { project_id: "this" })).toEqual({
    status: "failed",
    project_id: "this",
  });
});

it("reads of an address what it knows", () => {
  expect(readSearch({ status: "failed", since: "2y", tab: "runs", order: "asc" })).toEqual({
    status: "failed",
    order: "asc",
  });
});

it("knows whether anything is left out", () => {
  expect(isFiltered({ sort: "created_at" })).toBe(false);
  expect(isFiltered({ since: "1h" })).toBe(true);
  expect(isFiltered({ search: "led" })).toBe(true);
  expect(countFilters({ search: "led", since: "1h", project: "p", order: "asc" })).toBe(2);
});
