import { expect, it } from "vitest";

import { levelOf } from "./log-level";

it.each([
  ["error", "[ERROR] row 4 does not add up"],
  ["error", "error: cannot find crate"],
  ["error", "  Fatal: not a git repository"],
  ["error", "\u001b[31merror\u001b[0m[E0308]: mismatched types"],
  ["error", "12:00:01 ERROR db: refused"],
  ["error", "level=error msg=refused"],
  ["error", "Traceback (most recent call last):"],
  ["warn", "[WARN] deprecated"],
  ["warn", "warning: unused variable"],
  ["warn", "level=warning msg=slow"],
  ["plain", "0 errors, no error here"],
  ["plain", "forewarned is forearmed"],
  ["plain", ""],
])("is %s for %s", (level, line) => {
  expect(levelOf(line)).toBe(level);
});
