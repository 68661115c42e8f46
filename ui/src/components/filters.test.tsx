import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";

import { Select } from "./field";
import { Filter, Filters } from "./filters";

function List() {
  const [state, setState] = useState("failed");
  return (
    <Filters count={state === "" ? 0 : 1} done="Show 3 runs" onClear={() => setState("")}>
      <Filter label="State">
        <Select aria-label="State" value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">All states</option>
          <option value="failed">Failed</option>
        </Select>
      </Filter>
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
  await userEvent.click(within(sheet).getByRole("button", { name: "Show 3 runs" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  await waitFor(() => expect(screen.getByRole("button", { name: "Filters" })).toHaveFocus());
});
