// What a page complains of, asks and is answered, and when it has come to rest.

import type { Page, Request } from "playwright-core";

import type { Visitor } from "../harness";

const REST_MS_MAX = 8_000;
/** Asked to look, although it is a POST. */
const LOOKS = /\/(validate|plan|complete)$/;

export class Watch {
  readonly page: Page;
  /** Something was changed on the server since it was last asked. */
  private changed = false;
  private readonly complaints: string[];
  private readonly asked = new Set<Request>();
  private readonly refused: string[] = [];

  constructor({ page, complaints }: Visitor) {
    this.page = page;
    this.complaints = complaints;
    page.on("request", (request) => {
      const path = new URL(request.url()).pathname;
      if (path.endsWith("/stream")) return;
      this.asked.add(request);
      if (!["GET", "HEAD"].includes(request.method()) && !LOOKS.test(path)) this.changed = true;
    });
    page.on("requestfinished", (request) => this.asked.delete(request));
    page.on("requestfailed", (request) => this.asked.delete(request));
    page.on("response", (response) => {
      if (response.status() < 400) return;
      const { pathname } = new URL(response.url());
      this.refused.push(`${response.status()} to ${response.request().method()} ${pathname}`);
    });
    // What a page has asked for nobody waits for when it is left.
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame() && page.url() === "about:blank") this.asked.clear();
    });
    page.on("dialog", (dialog) => void dialog.accept());
  }

  /** What went wrong since it was last asked, but for what is expected. */
  takeComplaints(expects: RegExp | undefined): string[] {
    const all = [...this.complaints.splice(0), ...this.refused.splice(0)];
    return all.filter((one) => expects?.test(one) !== true);
  }

  takeChanged(): boolean {
    const { changed } = this;
    this.changed = false;
    return changed;
  }

  /** Waits until nothing is asked any more and what was answered is drawn; whether that came. */
  async rest(ready = "main"): Promise<boolean> {
    const until = Date.now() + REST_MS_MAX;
    for (let before = -1; Date.now() < until;) {
      const size = await this.page.evaluate(measureDrawn, ready).catch((error: unknown) => {
        // The page has been left meanwhile, and the next one is there soon.
        if (/context was destroyed|navigation/i.test(String(error))) return -1;
        throw error;
      });
      // What was asked for before this picture was drawn is known by now.
      if (size >= 0 && size === before && this.asked.size === 0) return true;
      before = this.asked.size === 0 ? size : -1;
    }
    return false;
  }
}

/** A picture later: how much there is, or -1 where something is on its way. */
function measureDrawn(ready: string): Promise<number> {
  return new Promise((done) => {
    requestAnimationFrame(() => {
      const comes = document.querySelector("[role=status][aria-busy=true]") !== null;
      const isThere = document.querySelector(ready) !== null && !comes;
      done(isThere ? document.getElementsByTagName("*").length : -1);
    });
  });
}
