// What can be operated on a page as it stands: by whom it is called what, and where it is.

import type { ElementHandle, Page } from "playwright-core";

export interface Control {
  /** What it is, by role, name and place; numbers and ids left out of the name. */
  key: string;
  role: string;
  name: string;
  /** The landmarks, lists and groups that it is in. */
  place: string;
  /** One of many alike: the items of a list, the stages of a graph. */
  listed: boolean;
  /** How it is to be operated. */
  kind: "press" | "link" | "text" | "code" | "choose" | "region";
  href: string | undefined;
  /** As far as it says so: checked, pressed, open, its value. */
  state: string;
  /** Has no place to point at, as what is shown only to whoever comes by keyboard. */
  unseen: boolean;
  tabbable: boolean;
  /** Where it is among all that were found. */
  at: number;
}

export interface Found {
  controls: Control[];
  /** Which dialog or menu is on top, or nothing. */
  layer: string;
  /** How many of them are open. */
  layers: number;
  /** The notes at the edge of the page. */
  notes: { text: string; urgent: boolean }[];
  path: string;
}

declare global {
  interface Window {
    /** The elements of the controls that were found last. */
    crawled: Element[];
  }
  interface Element {
    /** What the browser tells aids; behind a flag. */
    readonly computedName: string;
    readonly computedRole: string;
  }
}

export const BROWSER_FLAGS = ["--enable-blink-features=ComputedAccessibilityInfo"];

export function findControls(page: Page): Promise<Found> {
  return page.evaluate(lookAround);
}

export async function elementOf(page: Page, control: Control): Promise<ElementHandle<Element>> {
  const handle = await page.evaluateHandle((at) => window.crawled[at], control.at);
  const element = handle.asElement();
  if (element === null) throw new Error(`${control.key} is not there any more`);
  return element;
}

/** Runs in the page, so it uses nothing from outside. */
function lookAround(): Found {
  const OPERABLE =
    "a[href],button,input,select,textarea,summary,[contenteditable=true],[tabindex],[role=option],[role=menuitem],[role=menuitemradio],[role=menuitemcheckbox],[role=tab]";
  const PLACES =
    /^(NAV|MAIN|HEADER|FOOTER|ASIDE|SECTION|FORM|UL|OL|LI|ARTICLE|TABLE|TR|FIELDSET|DETAILS|DL)$/;
  const ROLES = /^(dialog|menu|toolbar|tablist|tabpanel|group|listbox|search|region)$/;

  const layers = [...document.querySelectorAll("[role=dialog],[role=menu]")].filter((one) =>
    one.checkVisibility(),
  );
  const top = layers.at(-1);

  const parentOf = (element: Element): Element | null => {
    if (element.parentElement) return element.parentElement;
    const root = element.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  };
  const gather = (root: ParentNode): Element[] =>
    [...root.querySelectorAll("*")].flatMap((element) => [
      ...(element.matches(OPERABLE) ? [element] : []),
      ...(element.shadowRoot ? gather(element.shadowRoot) : []),
    ]);

  const plain = (name: string) =>
    name
      .replace(/^✓\s*/, "")
      .replace(/\b[0-9a-f-]*\d[0-9a-f-]{3,}\b/g, "…")
      .replace(/\d+/g, "#")
      .replace(/[#…][#….\s:hmsd]*/g, "#")
      .replace(/\bnow\b|#ago/g, "#")
      .trim();
  const placeOf = (element: Element) => {
    const parts: string[] = [];
    let listed = false;
    for (let at = parentOf(element); at && at !== top; at = parentOf(at)) {
      if (at.tagName === "NAV" && at.getAttribute("aria-label") === "Main") {
        return { place: "shell", listed: false };
      }
      const role = at.getAttribute("role") ?? "";
      if (at.classList.contains("react-flow__node")) {
        parts.unshift("node");
        listed = true;
      } else if (ROLES.test(role)) {
        parts.unshift(role === "group" ? plain(at.computedName) || role : role);
      } else if (PLACES.test(at.tagName)) {
        parts.unshift(at.tagName.toLowerCase());
        listed ||= /^(LI|ARTICLE|TR)$/.test(at.tagName);
      }
    }
    return { place: parts.join(" "), listed };
  };
  const isEnabled = (element: Element) =>
    !element.matches(":disabled") &&
    element.getAttribute("aria-disabled") !== "true" &&
    !element.hasAttribute("data-disabled");
  const isShown = (element: Element) => {
    const { width, height } = element.getBoundingClientRect();
    return (
      width > 0 &&
      height > 0 &&
      element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
      element.closest("[inert],[aria-hidden=true]") === null
    );
  };
  const stateOf = (element: Element) => {
    const states = ["aria-checked", "aria-pressed", "aria-expanded", "aria-selected", "data-state"]
      .map((name) => element.getAttribute(name))
      .filter((one) => one !== null);
    if (element instanceof HTMLInputElement) {
      states.push(/checkbox|radio/.test(element.type) ? String(element.checked) : element.value);
    }
    if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) {
      states.push(element.value);
    }
    if (element.tagName === "SUMMARY") {
      states.push(String(element.parentElement?.hasAttribute("open")));
    }
    return states.join(",");
  };
  const kindOf = (element: Element, role: string): Control["kind"] => {
    if (element instanceof HTMLAnchorElement) return "link";
    if (element.getAttribute("contenteditable") === "true") return "code";
    if (element instanceof HTMLSelectElement) return "choose";
    if (element instanceof HTMLTextAreaElement) return "text";
    if (element instanceof HTMLInputElement) {
      return /^(checkbox|radio|button|submit)$/.test(element.type) ? "press" : "text";
    }
    const presses = element.tagName === "BUTTON" || element.tagName === "SUMMARY";
    return presses || /^(option|menuitem.*|tab|radio|switch|button|link)$/.test(role)
      ? "press"
      : "region";
  };

  window.crawled = [];
  const controls: Control[] = [];
  for (const element of gather(top ?? document.body)) {
    const notes = element.closest("section[aria-label=Notifications]") !== null;
    if (element === top || !isShown(element) || !isEnabled(element)) continue;
    if (element instanceof HTMLInputElement && element.type === "file") continue;
    const role = element.tagName === "SUMMARY" ? "summary" : element.computedRole;
    const kind = kindOf(element, role);
    const tabIndex = element instanceof HTMLElement ? element.tabIndex : -1;
    if (kind === "region" && tabIndex < 0) continue;
    const name = element.computedName || (role === "summary" ? element.textContent.trim() : "");
    const { place, listed } = notes ? { place: "shell notes", listed: false } : placeOf(element);
    controls.push({
      key: `${role} “${plain(name)}” in ${place}`,
      role,
      name,
      place,
      listed,
      kind,
      href: element instanceof HTMLAnchorElement ? element.href : undefined,
      state: stateOf(element),
      unseen: getComputedStyle(element).clipPath === "inset(50%)",
      tabbable: tabIndex >= 0,
      at: window.crawled.push(element) - 1,
    });
  }
  return {
    controls,
    layer: top ? `${top.getAttribute("role") ?? ""} “${plain(top.computedName)}”` : "",
    layers: layers.length,
    notes: [...document.querySelectorAll("section[aria-label=Notifications] > div")].map((one) => ({
      text: one.textContent,
      urgent: one.getAttribute("role") === "alert",
    })),
    path: `${location.pathname}${location.search}`,
  };
}
