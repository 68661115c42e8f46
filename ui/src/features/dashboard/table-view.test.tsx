import { act, fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { openPage } from "@/testing/open-page";
import { serveRun } from "@/testing/run-page";
import { makeRun, makeStep } from "@/testing/runs";

const MANY = 1_000;
const RUN = makeRun({
  status: "running",
  steps: Array.from({ length: MANY }, (_, index) =>
    makeStep({ stage_id: `s${index}`, stage_name: `Stage ${index}`, batch_index: index }),
  ),
});
const PATH = `/workflows/executions/${RUN.id}?view=table`;

beforeEach(() => {
  // As in a browser: what is scrolled to is told a moment later.
  vi.spyOn(Element.prototype, "scrollTo").mockImplementation(function (
    this: Element,
    to?: ScrollToOptions | number,
  ) {
    if (typeof to !== "object" || this.querySelector("table") === null) return;
    this.scrollTop = to.top ?? 0;
    fireEvent.scroll(this);
  });
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(632);
  serveRun(() => RUN);
});

const table = () => screen.findByRole("table", { name: "Stages of the run" });
const rowsOf = (shown: HTMLElement) => within(shown).getAllByRole("row");

it("draws the rows in sight, and says how many there are", async () => {
  openPage(PATH);
  const shown = await table();
  expect(shown).toHaveAttribute("aria-rowcount", String(MANY + 1));
  expect(rowsOf(shown).length).toBeLessThan(80);
  expect(within(shown).getByRole("row", { name: /^Stage 0 / })).toHaveAttribute(
    "aria-rowindex",
    "2",
  );
});

it("has the stage in sight that keys lead to, and that the address names", async () => {
  const { user } = openPage(`${PATH}&stage=s700`);
  const shown = await table();
  const row = (name: string) => within(shown).findByRole("row", { name: new RegExp(`^${name} `) });
  expect(await row("Stage 700")).toHaveAttribute("aria-rowindex", "702");
  const { scrollTop: before } = shown.parentElement ?? {};
  await user.keyboard("jjj");
  await row("Stage 703");
  // It was the last in sight, so each one is a row further.
  expect(shown.parentElement?.scrollTop).toBe((before ?? 0) + 3 * 36);
  expect(rowsOf(shown).length).toBeLessThan(80);
});

it("keeps the row that has the focus, wherever somebody scrolls to", async () => {
  openPage(PATH);
  const shown = await table();
  const scroller = shown.parentElement as HTMLElement;
  const button = within(shown).getByRole("button", { name: "Stage 5" });
  act(() => button.focus());
  scroller.scrollTop = 20_000;
  fireEvent.scroll(scroller);
  expect(button).toHaveFocus();
  expect(within(shown).queryByRole("button", { name: "Stage 6" })).toBeNull();
  act(() => button.blur());
  expect(within(shown).queryByRole("button", { name: "Stage 5" })).toBeNull();
});
