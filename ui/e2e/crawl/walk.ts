// Goes through the states of a look: everything on them is looked at and operated.

import { join } from "node:path";

import { SHOTS, type Theme } from "../harness";
import { type Control, findControls, type Found } from "./controls";
import { type Hand, operate } from "./hand";
import type { Land } from "./land";
import type { LookReport } from "./report";
import { findCut, findWrong, measureReach } from "./sight";
import type { State } from "./states";
import { walkByTab } from "./tab";
import type { Watch } from "./watch";

export interface Look {
  name: string;
  theme: Theme;
  width: number;
  height: number;
  hand: Hand;
  /** Whether Tab is followed through each state. */
  tabs: boolean;
  /** Whether what all runs have is operated in each state of a run. */
  thorough: boolean;
}

/** A menu, a dialog from it, and what opens there. */
const DEPTH_MAX = 3;
/** How many of many alike are operated. */
const ALIKE_MAX: Readonly<Record<string, number>> = { button: 4, option: 12 };
const FINGER = 44;
/** Half a pixel at each side. */
const TOLERANCE = 1;

export class Walk {
  private state!: State;
  /** What a page looked like after each step to where it is explored. */
  private prints: string[] = [];
  private usedUp = false;
  /** What was found since something was last done. */
  private current: Found | undefined;
  private readonly seen = new Set<string>();
  private readonly alike = new Map<string, number>();
  private readonly measured = new Set<string>();

  constructor(
    private readonly look: Look,
    private readonly land: Land,
    private readonly watch: Watch,
    private readonly report: LookReport,
  ) {
    this.page.on("filechooser", (chooser) => {
      void chooser.setFiles(join(import.meta.dirname, "../../../examples/minimal.yaml"));
    });
    this.page.context().on("page", (opened) => void opened.close());
  }

  private get page() {
    return this.watch.page;
  }

  async visit(state: State): Promise<void> {
    this.state = state;
    this.report.states += 1;
    this.prints = [];
    const found = await this.reach([]);
    this.report.pages.add(new URL(this.page.url()).pathname.replace(/[0-9a-f-]{36}/g, "…"));
    await this.judge("");
    await this.judgeSight(found, "");
    if (this.look.hand !== "keyboard") {
      const { name, theme, width } = { ...this.look, ...state };
      const path = join(SHOTS, "looks", `${name}-${theme}-${width}.png`);
      await this.page.screenshot({ path });
    }
    if (this.look.tabs) {
      this.report.tabStops += await walkByTab(this.page, found, (control, what) =>
        this.blame(control, what),
      );
      await this.load();
    }
    await this.explore([]);
  }

  private blame(control: string, what: string): void {
    this.report.blame(this.state.name, control, what);
  }

  /** Operates what has not been operated yet, each from how things stand after these steps. */
  private async explore(steps: readonly Control[], picked?: readonly Control[]): Promise<void> {
    for (const control of picked ?? this.pick(await this.reach(steps))) {
      const before = await this.reach(steps);
      const now = before.controls.find(({ key }) => key === control.key);
      // A run goes on meanwhile, and something else can be done with it.
      if (now === undefined) this.report.gone.add(`${this.state.name}: ${trailOf(steps, control)}`);
      else await this.tryOut(steps, now, before);
    }
  }

  private async tryOut(steps: readonly Control[], control: Control, before: Found): Promise<void> {
    const { report, watch } = this;
    const trail = trailOf(steps, control);
    if (control.href !== undefined && !this.isWithin(control.href)) {
      report.leftAlone.add(control.href);
      return;
    }
    report.controls.add(`${before.layer} ${control.key}`);
    report.operations += 1;
    if (!(await this.act(control, trail))) return;
    await this.judge(trail);
    const changed = watch.takeChanged();
    this.usedUp ||= changed;
    const after = await this.find();
    this.usedUp ||= after.notes.some(({ text }) => /Deleted/.test(text));
    // What leads elsewhere leads to a state of its own.
    if (steps.length >= DEPTH_MAX || !isSamePlace(before, after)) return;
    if (after.layer !== before.layer && after.layers >= Math.max(1, before.layers)) {
      report.layers += 1;
      await this.judgeSight(after, trail);
      await this.leaveLayer(control, before, after, trail);
      await this.explore([...steps, control]);
      return;
    }
    if (changed || after.layer !== before.layer) return;
    const more = this.pick(after);
    if (more.length === 0) return;
    await this.judgeSight(after, trail);
    this.prints[steps.length + 1] = printOf(after);
    await this.explore([...steps, control], more);
  }

  private async find(): Promise<Found> {
    return (this.current ??= await findControls(this.page));
  }

  private async act(control: Control, trail: string): Promise<boolean> {
    const { hand } = this.look;
    const directory = this.land.directory.path;
    this.current = undefined;
    for (let now: Control | undefined = control; now;) {
      try {
        const wrong = await operate(this.page, hand, now, directory);
        if (wrong !== undefined) this.blame(trail, wrong);
        return true;
      } catch (error) {
        // It was drawn anew meanwhile, and what stands in its place is as good.
        const again = now === control && /not attached/.test(String(error));
        if (!again) {
          this.blame(trail, `cannot be operated: ${reasonOf(error)}`);
          return false;
        }
        now = (await this.find()).controls.find(({ key }) => key === control.key);
      }
    }
    return false;
  }

  /** Escape closes what was opened, and leads back to what opened it. */
  private async leaveLayer(
    control: Control,
    before: Found,
    after: Found,
    trail: string,
  ): Promise<void> {
    this.current = undefined;
    await this.page.keyboard.press("Escape");
    await this.watch.rest();
    const left = await this.find();
    if (left.layer === after.layer) {
      this.blame(trail, "Escape does not close it");
      return;
    }
    const focused = await this.page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return active === document.body ? -2 : window.crawled.findIndex((one) => one === active);
    });
    const there = left.controls.some(({ key }) => key === control.key);
    if (focused === -2) this.blame(trail, "Escape leaves the focus nowhere");
    else if (there && left.layer === before.layer && left.controls[focused]?.key !== control.key) {
      const at = left.controls[focused]?.key ?? "something else";
      this.blame(trail, `Escape leads to ${at}`);
    }
  }

  /** Goes to how things stand after these steps: from here where that is on the way. */
  private async reach(steps: readonly Control[]): Promise<Found> {
    let found = await this.tidy();
    let done = -1;
    if (found !== undefined && !this.usedUp) {
      const print = printOf(found);
      for (done = steps.length; done >= 0 && this.prints[done] !== print;) done -= 1;
    }
    if (found === undefined || done < 0) {
      found = await this.load();
      done = 0;
    }
    for (const step of steps.slice(done)) {
      const now = found.controls.find(({ key }) => key === step.key);
      if (now === undefined) return found;
      if (!(await this.act(now, step.key))) return found;
      await this.watch.rest();
      found = await this.fillIn();
      done += 1;
      this.prints[done] = printOf(found);
    }
    return found;
  }

  /** Puts away the notes at the edge; nothing where there is no page yet. */
  private async tidy(): Promise<Found | undefined> {
    if (this.prints.length === 0) return undefined;
    let found = await this.find();
    for (let note = found.notes.length; note > 0 && found.layer === ""; note -= 1) {
      const last = this.page.getByRole("button", { name: "Dismiss" }).last();
      if ((await last.count()) > 0) await last.dispatchEvent("click");
      await this.watch.rest();
      this.current = undefined;
      found = await this.find();
    }
    return found;
  }

  private async load(): Promise<Found> {
    const { watch, page, state, report } = this;
    this.current = undefined;
    report.loads += 1;
    // What is deleted when a page is left is so before it is made anew.
    if (this.usedUp) await page.goto("about:blank");
    const path = await state.open(this.usedUp || watch.takeChanged());
    watch.takeChanged();
    this.usedUp = false;
    await page.goto(`${this.land.baton.ui}${path}`);
    if (!(await watch.rest(state.ready))) this.blame("", "does not come to rest");
    const found = await this.fillIn();
    this.prints = [printOf(found)];
    return found;
  }

  /** Writes what is asked for, so that what is pressed next has its effect. */
  private async fillIn(): Promise<Found> {
    const { controls, layer } = await this.find();
    const inDialog = layer.startsWith("dialog");
    const empty = controls.filter(
      ({ kind, role, state, name }) =>
        kind === "text" && role === "textbox" && state === "" && (inDialog || name === "Reason"),
    );
    for (const control of empty) {
      await operate(this.page, this.look.hand, control, this.land.directory.path);
    }
    if (empty.length > 0) {
      await this.watch.rest();
      this.current = undefined;
    }
    return await this.find();
  }

  /** What has not been operated yet, of those that are alike a few. */
  private pick({ controls, layer }: Found): Control[] {
    return controls.filter((control) => {
      // A button that has copied is called so for a moment.
      if (control.kind === "region" || control.name === "Copied") return false;
      if (control.unseen && this.look.hand !== "keyboard") return false;
      const { role, name, place, key } = control;
      const family = place.startsWith("shell") ? "shell" : this.state.family;
      // A menu is called like what opens it, and that may be what was chosen in it.
      const within = `${family} ${layer.startsWith("menu") ? "menu" : layer}`;
      const many = control.listed || role === "option";
      const verb = role === "button" ? (name.split(" ")[0] ?? "") : key;
      const id = `${within} ${many ? `${role} ${verb} ${place}` : key}`;
      if (this.seen.has(id)) return false;
      this.seen.add(id);
      if (!many) return true;
      const group = `${within} ${role} ${place}`;
      const count = (this.alike.get(group) ?? 0) + 1;
      this.alike.set(group, count);
      return count <= (ALIKE_MAX[role] ?? 2);
    });
  }

  /** What holds after everything that is done. */
  private async judge(trail: string): Promise<void> {
    const { watch, page, state } = this;
    if (!(await watch.rest())) this.blame(trail, "does not come to rest");
    this.current = undefined;
    const { notes } = await this.find();
    const wrong = [
      ...watch.takeComplaints(state.expects),
      ...(await findWrong(page)).filter((one) => state.expects?.test(one) !== true),
      // That a run has failed is news, and no failure of the page.
      ...notes
        .filter(({ urgent, text }) => urgent && !/^Run failed/.test(text))
        .map(({ text }) => `it says: ${text}`),
    ];
    for (const one of wrong) this.blame(trail, one);
  }

  /** What is cut or too small, where that has not been looked at yet. */
  private async judgeSight({ controls, layer }: Found, trail: string): Promise<void> {
    for (const one of await findCut(this.page)) this.blame(trail, one);
    if (this.look.hand !== "finger") return;
    for (const control of controls) {
      const { place, role, listed, key, kind } = control;
      const id = `${this.state.family} ${layer} ${listed ? `${role} ${place}` : key}`;
      if (this.measured.has(id) || control.unseen || kind === "region" || kind === "code") continue;
      this.measured.add(id);
      const { width, height, crowded } = await measureReach(this.page, control.at);
      const least = FINGER - TOLERANCE;
      if (width >= least && height >= least) continue;
      const why = crowded ? ", others are too near" : "";
      this.blame(`${trail} ${key}`.trim(), `a finger hits ${width} × ${height} px${why}`);
    }
  }

  private isWithin(href: string): boolean {
    const { origin, pathname } = new URL(href);
    return origin === new URL(this.land.baton.ui).origin && /^\/ui(\/|$)/.test(pathname);
  }
}

function trailOf(steps: readonly Control[], control: Control): string {
  return [...steps, control].map(({ key }) => key).join(" › ");
}

/** What can be told from outside of how a page stands. */
function printOf({ path, layer, controls, notes }: Found): string {
  const all = controls.map(({ key, state }) => `${key} ${state}`);
  return [path, layer, notes.length, ...all].join("\n");
}

/** The same page, in the same tab and view of it. */
function isSamePlace(before: Found, after: Found): boolean {
  const [one, other] = [before, after].map(({ path }) => new URL(path, "http://host"));
  const of = (url: URL | undefined) =>
    [url?.pathname, url?.searchParams.get("tab"), url?.searchParams.get("view")].join();
  return of(one) === of(other);
}

function reasonOf(error: unknown): string {
  const lines = String(error).split("\n");
  const obstacle = lines.find((line) =>
    /intercepts pointer events|not stable|outside of/.test(line),
  );
  return [lines[0], obstacle?.trim()].filter(Boolean).join("; ").slice(0, 300);
}
