// How a control is operated: with a mouse, a finger, or the keyboard alone.

import type { ElementHandle, Page } from "playwright-core";

import { type Control, elementOf } from "./controls";

export type Hand = "mouse" | "finger" | "keyboard";

const MS_MAX = 4_000;
/** More than any list that is chosen from has. */
const OPTIONS_MAX = 80;

declare global {
  interface Window {
    /** Whether the last key did something. */
    answered: boolean;
  }
}

let words = 0;

/** Something that fits where it is written. */
function wordsFor({ name, role }: Control, directory: string): string {
  if (role === "searchbox" || /^Search/.test(name)) return "e";
  if (/directory/i.test(name)) return directory;
  const fitting: readonly [RegExp, string][] = [
    [/^number/, "4711"],
    [/^limit$/, "2.5"],
    [/^regions/, '["north"]'],
    [/^limits/, '{ "rows_per_second": 1 }'],
    [/^(opinion|Agent)/, "agent:writer"],
    [/^Model/, "opus"],
    [/^Overrides/, '{ "config": { "timeout": "4h" } }'],
  ];
  const found = fitting.find(([fits]) => fits.test(name))?.[1];
  if (found !== undefined) return found;
  words += 1;
  return /^(Name|Another tag)/.test(name) ? `crawl-${words}` : `Birds of passage ${words}`;
}

/** Operates it; says what is wrong with how it answers. */
export async function operate(
  page: Page,
  hand: Hand,
  control: Control,
  directory: string,
): Promise<string | undefined> {
  const element = await elementOf(page, control);
  switch (control.kind) {
    case "text":
      await element.fill(wordsFor(control, directory), { timeout: MS_MAX });
      return undefined;
    case "choose":
      await chooseNext(element as ElementHandle<HTMLSelectElement>);
      return undefined;
    case "code":
      await element.focus();
      await page.keyboard.press("Control+End");
      await page.keyboard.insertText("\n# A remark\n");
      return undefined;
    case "press":
    case "link":
    case "region":
      return await press(page, hand, control, element);
  }
}

async function chooseNext(element: ElementHandle<HTMLSelectElement>): Promise<void> {
  const next = await element.evaluate(({ options, selectedIndex }) => {
    const open = [...options].filter(({ disabled }) => !disabled);
    return open.find(({ index }) => index > selectedIndex)?.value ?? open[0]?.value ?? "";
  });
  await element.selectOption(next, { timeout: MS_MAX });
}

async function press(
  page: Page,
  hand: Hand,
  control: Control,
  element: ElementHandle<Element>,
): Promise<string | undefined> {
  if (hand === "mouse") await element.click({ timeout: MS_MAX });
  else if (hand === "finger") await element.tap({ timeout: MS_MAX });
  else return await pressKey(page, control, element);
  return undefined;
}

async function pressKey(
  page: Page,
  { role }: Control,
  element: ElementHandle<Element>,
): Promise<string | undefined> {
  if (role === "option") {
    if (!(await moveTo(page, element))) return "arrows do not lead to it";
  } else await element.focus();
  await page.evaluate(() => {
    window.answered = false;
    const answer = () => {
      window.answered = true;
    };
    addEventListener("click", answer, { capture: true, once: true });
    addEventListener("keydown", (event) => event.defaultPrevented && answer(), { once: true });
  });
  const key = /^(checkbox|radio|switch)$/.test(role) ? "Space" : "Enter";
  await page.keyboard.press(key);
  // Whoever was led to a new document was answered, too.
  const answered = await page.evaluate(() => (window as Partial<Window>).answered ?? true);
  return answered ? undefined : `${key} does nothing`;
}

/** Moves what is chosen in an open list there. */
async function moveTo(page: Page, option: ElementHandle<Element>): Promise<boolean> {
  for (let step = 0; step < OPTIONS_MAX; step += 1) {
    if ((await option.getAttribute("aria-selected")) === "true") return true;
    await page.keyboard.press("ArrowDown");
  }
  return false;
}
