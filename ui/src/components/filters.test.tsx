import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";

import { Filters, OrderFilter, SelectFilter } from "./filters";

function List() {
  const [state, setState] = useState("failed");
  return (
    <Filters count={state === "" ? 0 : 1} done="Show 3 runs" onClear={() => setState("")}>
      <SelectFilter label="State" all="All states" value={state} onChange={setState}>
        <option value="failed">Failed</option>
      </SelectFilter>
    </Filters>
  );
}

it("opens on a sheet what does not fit into a row, and says how many are set", async () => {
  render(<List />);
  const opens = screen.getByRole("button", { name: /^Filters,/ });
  await userEvent.click(opens);
  const sheet = screen.getByRole("dialog", { name: "Filters" });
  expect(within(sheet).getByLabelText("State")).toHaveValue("failed");
  await userEvent.click(within(sheet).getByRole("button", { name: "Clear" }));
  expect(within(sheet).getByLabelText("State")).toHaveValue("");
  expect(within(sheet).queryByRole("button", { name: "Clear" })).toBeNull();
  await userEvent.selectOptions(within(sheet).getByLabelText("State"), "Failed");
  expect(within(sheet).getByRole("button", { name: "Clear" })).toBeVisible();
  await userEvent.selectOptions(within(sheet).getByLabelText("State"), "All states");
  await userEvent.click(within(sheet).getByRole("button", { name: "Show 3 runs" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  await waitFor(() => expect(screen.getByRole("button", { name: "Filters" })).toHaveFocus());
});

it("tells by what a list is sorted apart from the direction", async () => {
  const onChange = vi.fn();
  const choices = [
    { value: "name:asc", label: "Name A–Z" },
    { value: "created_at:desc", label: "Newest" },
  ];
  render(<OrderFilter by="name" order="asc" choices={choices} onChange={onChange} />);
  expect(screen.getByLabelText("Order")).toHaveValue("name:asc");
  await userEvent.selectOptions(screen.getByLabelText("Order"), "Newest");
  expect(onChange).toHaveBeenCalledWith({ sort: "created_at", order: "desc" });
});
