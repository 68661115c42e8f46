import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";

import { Description } from "./description";

afterEach(() => vi.restoreAllMocks());

it("offers the rest of what is cut, and takes it away again", async () => {
  vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockReturnValue(200);
  render(<Description text="Many words." />);
  await userEvent.click(screen.getByRole("button", { name: "Show all", expanded: false }));
  await userEvent.click(screen.getByRole("button", { name: "Show less", expanded: true }));
  expect(screen.getByRole("button", { name: "Show all" })).toBeVisible();
});

it("offers nothing where all is shown", () => {
  render(<Description text="Few words." />);
  expect(screen.getByText("Few words.")).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
});
