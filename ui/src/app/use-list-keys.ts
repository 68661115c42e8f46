import type { RefObject } from "react";

import { useHotkeys } from "./hotkeys";

/** Moves the focus among the items of a list: each has a link marked `data-item`. */
export function useListKeys(
  list: RefObject<HTMLElement | null>,
  {
    title,
    onToggle,
    onClear,
    selecting = false,
  }: {
    title: string;
    onToggle?: (id: string) => void;
    onClear?: () => void;
    selecting?: boolean;
  },
): void {
  const move = (step: number) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>("[data-item]") ?? [])];
    const here = items.findIndex((item) => item === document.activeElement);
    const next = items[Math.max(0, Math.min(items.length - 1, here + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const toggle = () => {
    const id = document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset["id"];
    if (id !== undefined) onToggle?.(id);
  };
  useHotkeys(title, [
    { keys: "j", does: "Next", run: () => move(1) },
    { keys: "k", does: "Previous", run: () => move(-1) },
    ...(onToggle ? [{ keys: "x", does: "Select", run: toggle }] : []),
    ...(onClear ? [{ keys: "escape", does: "Select nothing", run: onClear, off: !selecting }] : []),
  ]);
}
