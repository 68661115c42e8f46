import type { ReactNode } from "react";

import { shown } from "@/model/definition";

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

/** Fields of a definition, with values of any kind. */
export function FieldFacts({ fields }: { fields: readonly [string, unknown][] }) {
  return (
    <Facts>
      {fields.map(([name, value]) => (
        <Fact key={name} name={name.replaceAll("_", " ")}>
          {typeof value === "object" ? <Code text={shown(value)} /> : shown(value)}
        </Fact>
      ))}
    </Facts>
  );
}

/** A text that stands as it was written. */
export function Code({
  text,
  prose = false,
  className,
}: {
  text: string;
  /** It is meant for people rather than for programs. */
  prose?: boolean;
  className?: string;
}) {
  return (
    <pre
      // What scrolls must be reachable with keys.
      tabIndex={0}
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
