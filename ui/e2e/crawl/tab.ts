// The way of Tab through a page: to everything, in order, out again, and always to be seen.

import type { Page } from "playwright-core";

import type { Control, Found } from "./controls";

declare global {
  interface Window {
    /** What had the focus last, and how it looked then. */
    focusedLast: { element: Element; at: number; look: string; outlined: boolean } | undefined;
  }
}

interface Stop {
  /** Which of the controls it is; -1 for something else, -2 for nothing. */
  at: number;
  /** The control before, when nothing told that it had the focus. */
  unseen: number | undefined;
}

/** Follows Tab until it comes round; gives back how many stops there were. */
export async function walkByTab(
  page: Page,
  { controls }: Found,
  blame: (control: string, what: string) => void,
): Promise<number> {
  const stops: number[] = [];
  const most = controls.length + 60;
  let leaves = false;
  await page.evaluate(() => {
    window.focusedLast = undefined;
  });
  for (let press = 0; press < most; press += 1) {
    const last = controls[stops.at(-1) ?? -1];
    // Tab indents there, and says so.
    if (last?.kind === "code") await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    const { at, unseen } = await page.evaluate(look);
    const hidden = controls[unseen ?? -1];
    // Where somebody writes, the cursor shows it.
    if (hidden && hidden.kind !== "code") blame(hidden.key, "nothing shows that it has the focus");
    // Out of the page, and in again at its beginning.
    if (at === -2) continue;
    if (stops.includes(at)) {
      leaves = at !== stops.at(-1);
      break;
    }
    if (at >= 0) stops.push(at);
  }
  const stuck = controls[stops.at(-1) ?? -1];
  if (!leaves && stops.length > 1) blame(stuck?.key ?? "", "Tab does not lead on from it");
  for (const control of missedBy(stops, controls)) blame(control.key, "Tab does not reach it");
  for (const [index, stop] of stops.entries()) {
    const next = stops[index + 1];
    // Once round, when it began in the middle.
    if (next === undefined || next > stop || next === Math.min(...stops)) continue;
    blame(controls[next]?.key ?? "", `Tab comes to it only after ${controls[stop]?.key ?? ""}`);
  }
  return stops.length;
}

/** Of radios and tabs one is a stop, and arrows lead on. */
function missedBy(stops: readonly number[], controls: readonly Control[]): Control[] {
  const reached = new Set(stops);
  const groups = new Set(
    controls.filter((_, at) => reached.has(at)).map(({ role, place }) => `${role} ${place}`),
  );
  return controls.filter(({ tabbable, role, place }, at) => {
    // A group of them hands the focus on to one of its own.
    if (reached.has(at) || /^(radiogroup|tablist|toolbar)$/.test(role)) return false;
    const roves = /^(radio|tab|menuitem.*|option)$/.test(role);
    if (roves) return !groups.has(`${role} ${place}`) && role !== "option";
    return tabbable;
  });
}

/** Runs in the page: what has the focus, and whether that could be seen of the one before. */
function look(): Stop {
  let active: Element | null = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;

  const isOutlined = (style: CSSStyleDeclaration) =>
    style.outlineStyle !== "none" &&
    Number.parseFloat(style.outlineWidth) > 0 &&
    !/rgba\(.*, 0\)|transparent/.test(style.outlineColor);
  const lookOf = (element: Element) => {
    const parts: string[] = [];
    let outlined = false;
    for (const pseudo of ["", "::before", "::after"]) {
      const style = getComputedStyle(element, pseudo || undefined);
      if (pseudo === "" || style.content !== "none") outlined ||= isOutlined(style);
      parts.push(style.boxShadow, style.borderColor, style.backgroundColor);
    }
    // A label that stands for its box, and an editor for what is written in it.
    for (let at: Element | null = element, steps = 0; at && steps < 4; steps += 1) {
      const style = getComputedStyle(at);
      outlined ||= isOutlined(style);
      parts.push(style.boxShadow, style.borderColor, style.backgroundColor);
      const root: Node = at.getRootNode();
      at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
    }
    return { look: parts.join(), outlined };
  };
  const isClear = (element: Element) => {
    for (let at: Element | null = element; at; at = at.parentElement) {
      if (Number.parseFloat(getComputedStyle(at).opacity) < 0.5) return false;
    }
    return true;
  };

  const last = window.focusedLast;
  let unseen: number | undefined;
  if (last && last.element !== active && last.element.isConnected) {
    const shown = last.outlined || lookOf(last.element).look !== last.look;
    if (!shown) unseen = last.at;
  }
  if (active === null || active === document.body || active === document.documentElement) {
    window.focusedLast = undefined;
    return { at: -2, unseen };
  }
  const found = active;
  const at = window.crawled.findIndex((one) => one === found);
  const { look: looks, outlined } = lookOf(active);
  const visible = isClear(active);
  window.focusedLast = {
    element: active,
    at,
    look: visible ? looks : "",
    outlined: outlined && visible,
  };
  return { at, unseen };
}
