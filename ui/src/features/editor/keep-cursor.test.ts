import { expect, it } from "vitest";

import { isCoveredNow } from "./keep-cursor";

const line = (top: number) => ({ top, bottom: top + 20 });
const frame = { top: 100, bottom: 300 };

it.each([
  ["still in sight", line(250), 400, false],
  ["covered by what opened", line(400), 400, true],
  ["covered in part", line(290), 400, true],
  ["so near to the edge that its line is cut off", line(279), 400, true],
  ["scrolled away before, below", line(600), 400, false],
  ["scrolled away before, above", line(20), 400, false],
])("%s", (_name, cursor, before, covered) => {
  expect(isCoveredNow(cursor, frame, before)).toBe(covered);
});
