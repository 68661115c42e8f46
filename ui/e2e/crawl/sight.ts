// What is wrong with a page to the eye and the finger: cut, out of reach, too small, without a name.

import type { Page } from "playwright-core";

/** What holds for every page, whatever was done on it. */
export function findWrong(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    // The page, what scrolls in it, and what scrolls in a dialog: down, and never aside.
    for (const frame of document.querySelectorAll("html,#scroll,[role=dialog] > div")) {
      const beyond = frame.scrollWidth - frame.clientWidth;
      if (beyond > 0) wrong.push(`it reaches ${beyond} px beyond ${frame.id || frame.tagName}`);
    }
    if (document.body.innerText.trim().length < 20) wrong.push("the page is blank");
    if (document.querySelector("main[aria-label='Something went wrong']")) {
      wrong.push("the page says that something went wrong");
    }
    for (const alert of document.querySelectorAll("main [role=alert] h2")) {
      wrong.push(`the page says: ${alert.textContent}`);
    }
    const focusable = "a[href],button,input:not([type=file]),select,textarea,[tabindex='0']";
    for (const element of document.querySelectorAll(focusable)) {
      // What is far out of sight has no name before somebody looks there.
      const drawn = element.checkVisibility({ contentVisibilityAuto: true });
      if (!drawn || element.closest("[aria-hidden=true],[inert]")) continue;
      // The library leads Tab round a dialog with these.
      if (element.hasAttribute("data-radix-focus-guard")) continue;
      if (element.computedName !== "" || element.computedRole === "none") continue;
      wrong.push(`without a name: ${element.outerHTML.slice(0, 160)}`);
    }
    return wrong;
  });
}

/** Texts that are cut without saying so, or that nobody can scroll to. */
export function findCut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const tellsAll = (element: Element) =>
      element.hasAttribute("title") || element.hasAttribute("data-tip");
    const scrolls = (value: string) => value === "auto" || value === "scroll";
    const clips = (value: string) => value === "hidden" || value === "clip";
    // For those who have the page read to them.
    const isReadOnly = (element: Element) =>
      getComputedStyle(element).clipPath === "inset(50%)" || element.clientWidth === 1;
    const judge = (text: Text) => {
      const words = text.data.trim();
      const parent = text.parentElement;
      if (words === "" || !parent?.checkVisibility({ visibilityProperty: true })) return;
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) return;
      let [across, down] = [false, false];
      let told = false;
      for (let at: Element | null = parent; at; at = at.parentElement) {
        if (isReadOnly(at) || at.matches("option,.react-flow")) return;
        const style = getComputedStyle(at);
        told ||= tellsAll(at) || style.textOverflow === "ellipsis";
        told ||= style.webkitLineClamp !== "none";
        const frame = at.getBoundingClientRect();
        across ||= scrolls(style.overflowX);
        down ||= scrolls(style.overflowY);
        const beside = box.left < frame.left - 1 || box.right > frame.right + 1;
        const below = box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
        const cutAcross = !across && clips(style.overflowX) && beside;
        const cutBelow = !down && clips(style.overflowY) && below;
        if ((cutAcross || cutBelow) && !told) {
          wrong.add(`cut: “${words.slice(0, 60)}” in ${at.tagName.toLowerCase()}.${at.className}`);
          return;
        }
        if (cutAcross || cutBelow) return;
      }
      if (!across && (box.left < -1 || box.right > innerWidth + 1)) {
        wrong.add(`out of sight: “${words.slice(0, 60)}”`);
      }
      const fixed = parent.closest("[role=dialog],[role=menu]");
      if (fixed && !down && (box.top < -1 || box.bottom > innerHeight + 1)) {
        wrong.add(`out of reach: “${words.slice(0, 60)}”`);
      }
    };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) judge(node as Text);
    return [...wrong];
  });
}

/** How large something is for a finger: as far as what lies under it is it, from its middle. */
export interface Reach {
  width: number;
  height: number;
  /** It ends where another control begins. */
  crowded: boolean;
}

export function measureReach(page: Page, at: number): Promise<Reach> {
  return page.evaluate((index) => {
    const MOST = 44;
    const element = window.crawled[index];
    if (!element) return { width: 0, height: 0, crowded: false };
    element.scrollIntoView({ block: "center", inline: "center" });
    const box = element.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const root = element.getRootNode() as Document | ShadowRoot;
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
    let crowded = false;
    const isHit = (dx: number, dy: number) => {
      const hit = root.elementFromPoint(x + dx, y + dy);
      if (hit === null) return false;
      if (element.contains(hit) || labels.some((label) => label.contains(hit))) return true;
      if (hit.closest("a[href],button,input,select,textarea,summary,label")) crowded = true;
      return false;
    };
    const far = (dx: number, dy: number) => {
      let steps = 0;
      while (steps < MOST && isHit(dx * (steps + 1), dy * (steps + 1))) steps += 1;
      return steps;
    };
    if (!isHit(0, 0)) return { width: 0, height: 0, crowded };
    const width = far(-1, 0) + far(1, 0) + 1;
    const height = far(0, -1) + far(0, 1) + 1;
    return { width, height, crowded };
  }, at);
}
