// Notes of the browser, kept instead of shown.

import { vi } from "vitest";

/** All that were made; emptied by the test. */
export const notes: FakeNotification[] = [];

/** Stands in for `Notification`; whoever is asked says yes. */
export class FakeNotification {
  static permission = "default";
  static requestPermission = () => {
    FakeNotification.permission = "granted";
    return Promise.resolve("granted");
  };
  onclick?: () => void;
  readonly close = vi.fn();
  readonly title: string;
  readonly body: string;
  readonly tag: string;

  constructor(title: string, { body, tag }: { body: string; tag: string }) {
    this.title = title;
    this.body = body;
    this.tag = tag;
    notes.push(this);
  }
}
