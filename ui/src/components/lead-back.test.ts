import { beforeEach, expect, it } from "vitest";

import { leadBack } from "./lead-back";

const page = () => document.getElementById("main");
let opener: HTMLButtonElement;
let other: HTMLButtonElement;

beforeEach(() => {
  document.body.innerHTML = `<main id="main" tabindex="-1"><button>Open</button><button>Other</button></main>`;
  [opener, other] = document.querySelectorAll("button") as never as [
    HTMLButtonElement,
    HTMLButtonElement,
  ];
});

/** What watches the page hears of changes a moment later. */
const heard = () => Promise.resolve();

it("goes back to what opened the dialog", () => {
  leadBack(opener);
  expect(opener).toHaveFocus();
});

it.each([
  ["is gone", () => opener.remove()],
  ["cannot be pressed", () => (opener.disabled = true)],
])("goes to the page where the opener %s", (_what, lose) => {
  lose();
  leadBack(opener);
  expect(page()).toHaveFocus();
});

it.each([
  ["goes", () => opener.remove()],
  ["is switched off", () => (opener.disabled = true)],
])("goes to the page when the opener %s with what was decided", async (_what, lose) => {
  leadBack(opener);
  lose();
  await heard();
  expect(page()).toHaveFocus();
});

it("leaves alone whoever has gone elsewhere since", async () => {
  leadBack(opener);
  other.focus();
  opener.remove();
  await heard();
  expect(other).toHaveFocus();
});

it("goes to the page when nothing had the focus before", () => {
  leadBack(document.body);
  expect(page()).toHaveFocus();
});
