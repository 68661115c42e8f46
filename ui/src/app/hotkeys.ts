// One listener for all keys. Pages say which keys they know while they are
// shown; the help lists exactly those.

import { useEffect, useId, useRef } from "react";

import { createStore } from "@/model/store";

export interface Hotkey {
  /** Such as `j`, `mod+s`, `?`, or one after the other: `g l`. */
  keys: string;
  /** What it does, for the help. */
  does: string;
  run: (event: KeyboardEvent) => void;
  /** Works while somebody types, too. */
  inInputs?: boolean;
  /** Not now. */
  off?: boolean;
}

export interface HotkeyGroup {
  id: string;
  title: string;
  hotkeys: readonly Hotkey[];
}

export const hotkeyGroups = createStore<readonly HotkeyGroup[]>([]);

/** How long the second key of a pair may take. */
const PAIR_MS = 900;

let first: { key: string; at: number } | null = null;

/** The key that was pressed, in the words of `Hotkey.keys`. */
export function chordOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const parts: string[] = [];
  if (event.metaKey || event.ctrlKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  // Shift is part of what a letter or a sign is, not of what Enter is.
  if (event.shiftKey && event.key.length > 1) parts.push("shift");
  parts.push(event.shiftKey && /^[a-z]$/.test(key) ? `shift+${key}` : key);
  return parts.join("+");
}

/** Somebody is writing there, so letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

/** Finds what a key stands for; the group that came last goes first. */
export function findHotkey(
  groups: readonly HotkeyGroup[],
  chord: string,
  typing: boolean,
): Hotkey | undefined {
  for (const group of groups.toReversed()) {
    const found = group.hotkeys.find(
      (hotkey) =>
        hotkey.keys === chord && hotkey.off !== true && (!typing || hotkey.inInputs === true),
    );
    if (found) return found;
  }
  return undefined;
}

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  // What a dialog does with keys is its own matter.
  const [target] = event.composedPath();
  const typing = isTyping(target ?? null);
  const inDialog = document.querySelector('[role="dialog"]') !== null;
  const groups = inDialog
    ? hotkeyGroups.get().filter((group) => group.id.startsWith("dialog:"))
    : hotkeyGroups.get();
  const chord = chordOf(event);
  const pair = first && event.timeStamp - first.at < PAIR_MS ? `${first.key} ${chord}` : null;
  const hotkey =
    (pair === null ? undefined : findHotkey(groups, pair, typing)) ??
    findHotkey(groups, chord, typing);
  first = typing ? null : { key: chord, at: event.timeStamp };
  if (!hotkey) return;
  event.preventDefault();
  first = null;
  hotkey.run(event);
}

export function listenForHotkeys(): () => void {
  window.addEventListener("keydown", handle);
  return () => {
    window.removeEventListener("keydown", handle);
  };
}

/** Makes keys known as long as the component is there. */
export function useHotkeys(title: string, hotkeys: readonly Hotkey[]): void {
  const id = useId();
  const latest = useRef(hotkeys);
  useEffect(() => {
    latest.current = hotkeys;
  });
  const known = hotkeys
    .map(({ keys, does, off }) => `${keys}\t${does}\t${off === true}`)
    .join("\n");
  useEffect(() => {
    const group: HotkeyGroup = {
      id,
      title,
      hotkeys: latest.current.map((hotkey, index) => ({
        ...hotkey,
        run: (event) => latest.current[index]?.run(event),
      })),
    };
    hotkeyGroups.update((groups) => [...groups.filter((one) => one.id !== id), group]);
    return () => {
      hotkeyGroups.update((groups) => groups.filter((one) => one.id !== id));
    };
  }, [id, title, known]);
}
