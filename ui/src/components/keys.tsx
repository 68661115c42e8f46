import { cx } from "./cx";

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

const NAMES: Readonly<Record<string, string>> = {
  mod: isMac ? "⌘" : "Ctrl",
  shift: isMac ? "⇧" : "Shift",
  enter: "↵",
  escape: "Esc",
  arrowup: "↑",
  arrowdown: "↓",
};

/** Shows keys as a keyboard has them, such as `mod+k` or `g l`. */
export function Keys({ keys, inverse = false }: { keys: string; inverse?: boolean }) {
  return (
    <span className="inline-flex items-center gap-1" aria-hidden="true">
      {keys.split(" ").map((chord) => (
        <span key={chord} className="inline-flex gap-0.5">
          {chord.split("+").map((key) => (
            <kbd
              key={key}
              className={cx(
                "inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm border px-1 font-sans text-2xs font-medium",
                inverse
                  ? "border-canvas/30 text-canvas"
                  : "border-line-strong bg-sunken text-ink-2",
              )}
            >
              {NAMES[key] ?? key.toUpperCase()}
            </kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
