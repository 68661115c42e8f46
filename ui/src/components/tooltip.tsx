// Words beside something that is pointed at or focused. One layer serves all:
// an element only says `data-tip`, so that a thousand rows cost nothing.

import { useEffect, useRef, useState } from "react";

import { Keys } from "./keys";

const DELAY_MS = 350;
/** Whoever has just seen one sees the next at once. */
const WARM_MS = 300;
const GAP = 6;
const MARGIN = 8;

interface Shown {
  text: string;
  keys: string | undefined;
  anchor: DOMRect;
}

/** What an element says to have a tooltip; its name for those who cannot see is its own matter. */
export function tip(text: string, keys?: string) {
  return { "data-tip": text, "data-tip-keys": keys };
}

export function TooltipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: Element | null = null;
    let hiddenAt = 0;
    const hide = () => {
      clearTimeout(timer);
      if (current !== null) hiddenAt = performance.now();
      current = null;
      setShown(null);
    };
    const show = (target: EventTarget | null, delay: number) => {
      const element = target instanceof Element ? target.closest("[data-tip]") : null;
      if (element === current) return;
      hide();
      if (!(element instanceof HTMLElement)) return;
      current = element;
      const wait = performance.now() - hiddenAt < WARM_MS ? 0 : delay;
      timer = setTimeout(() => {
        if (!element.isConnected) return;
        const { tip: text = "", tipKeys: keys } = element.dataset;
        setShown({ text, keys, anchor: element.getBoundingClientRect() });
      }, wait);
    };
    const over = (event: PointerEvent) => {
      if (event.pointerType !== "touch") show(event.target, DELAY_MS);
    };
    const focus = (event: FocusEvent) => {
      const visible = event.target instanceof Element && event.target.matches(":focus-visible");
      if (visible) show(event.target, DELAY_MS);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    const options = { capture: true, passive: true };
    document.addEventListener("pointerover", over, options);
    document.addEventListener("focusin", focus, options);
    document.addEventListener("focusout", hide, options);
    document.addEventListener("pointerdown", hide, options);
    document.addEventListener("scroll", hide, options);
    document.addEventListener("keydown", key, options);
    return () => {
      hide();
      document.removeEventListener("pointerover", over, options);
      document.removeEventListener("focusin", focus, options);
      document.removeEventListener("focusout", hide, options);
      document.removeEventListener("pointerdown", hide, options);
      document.removeEventListener("scroll", hide, options);
      document.removeEventListener("keydown", key, options);
    };
  }, []);

  useEffect(() => {
    const element = box.current;
    if (element === null || shown === null) return;
    // The top layer is above dialogs, too.
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const { anchor } = shown;
    const below = anchor.bottom + GAP + height + MARGIN < innerHeight;
    const left = anchor.left + anchor.width / 2 - width / 2;
    element.style.top = `${below ? anchor.bottom + GAP : anchor.top - GAP - height}px`;
    element.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  }, [shown]);

  if (shown === null) return null;
  return (
    <div
      ref={box}
      popover="manual"
      aria-hidden="true"
      className="pointer-events-none fixed inset-auto m-0 max-w-80 animate-[fade-in_.1s] items-center gap-2 rounded-md border-0 bg-ink px-2 py-1 text-xs [overflow-wrap:anywhere] text-canvas shadow-2 open:flex"
    >
      {shown.text}
      {shown.keys !== undefined && <Keys keys={shown.keys} inverse />}
    </div>
  );
}
