import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { Dialog } from "./dialog";
import { Menu, MenuItem } from "./menu";

function More() {
  return (
    <Menu label="More" trigger={<button type="button">More</button>}>
      <MenuItem>Duplicate</MenuItem>
    </Menu>
  );
}

async function openMenu(): Promise<HTMLElement> {
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  return screen.getByRole("menu", { name: "More" });
}

it("opens inside the page, where those who jump between landmarks find it", async () => {
  render(
    <main>
      <More />
    </main>,
  );
  expect(screen.getByRole("main")).toContainElement(await openMenu());
});

it("opens inside the dialog that it belongs to", async () => {
  render(
    <main>
      <Dialog open onClose={() => undefined} title="Start">
        <More />
      </Dialog>
    </main>,
  );
  expect(screen.getByRole("dialog", { name: "Start" })).toContainElement(await openMenu());
});
