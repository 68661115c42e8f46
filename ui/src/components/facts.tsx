import type { ReactNode } from "react";

import { cx } from "./cx";

/** Names and what belongs to them. */
export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <dl
      className={cx(
        "grid grid-cols-[minmax(88px,auto)_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm",
        className,
      )}
    >
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere] text-ink">{children}</dd>
    </>
  );
}

/** A text that stands as it was written. */
export function Code({
  text,
  label = beginningOf(text),
  prose = false,
  className,
}: {
  text: string;
  /** What it is called; how it begins when left out, so that no two are called the same. */
  label?: string;
  /** It is meant for people rather than for programs. */
  prose?: boolean;
  className?: string;
}) {
  return (
    <pre
      // What scrolls must be reachable with keys, and has a name then.
      tabIndex={0}
      role="region"
      aria-label={label}
      className={cx(
        "max-h-72 overflow-auto rounded-md border border-line bg-sunken px-3 py-2 [overflow-wrap:anywhere] whitespace-pre-wrap text-ink-2",
        prose ? "font-sans text-sm" : "text-xs leading-5",
        className,
      )}
    >
      {text}
    </pre>
  );
}

const BEGINNING_MAX = 60;

function beginningOf(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > BEGINNING_MAX ? `${line.slice(0, BEGINNING_MAX)}…` : line;
}
