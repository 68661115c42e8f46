import { useState } from "react";

import { fields, shown } from "@/model/definition";

import { Button } from "./button";
import { CopyButton } from "./copy";
import { cx } from "./cx";

/** What is shown of a long value at first. */
const LINES_MAX = 14;
const CHARS_MAX = 1_400;
/** So much longer at least, or the button would take the room of what it hides. */
const LINES_HIDDEN_MIN = 6;
const CHARS_HIDDEN_MIN = 400;

/** Named values, such as what a stage was given or brought back. */
export function DataView({ values }: { values: unknown }) {
  return (
    <dl className="flex flex-col gap-3">
      {fields(values).map(([name, value]) => (
        <div key={name}>
          <dt className="mb-1 flex min-h-7 items-center gap-2 text-xs font-medium text-ink-2 pointer-coarse:min-h-11">
            <code>{name}</code>
            <span className="font-normal text-ink-3">{kindOf(value)}</span>
            <span className="flex-1" />
            <CopyButton text={shown(value)} label={`Copy ${name}`} />
          </dt>
          <dd>
            <Value name={name} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  const [open, setOpen] = useState(false);
  const text = shown(value);
  const lines = text.split("\n");
  const long =
    lines.length >= LINES_MAX + LINES_HIDDEN_MIN || text.length >= CHARS_MAX + CHARS_HIDDEN_MIN;
  const cut = lines.slice(0, LINES_MAX).join("\n").slice(0, CHARS_MAX);
  const prose = typeof value === "string";
  return (
    <div className="overflow-hidden rounded-md border border-line bg-sunken">
      <pre
        className={cx(
          "px-3 py-2 [overflow-wrap:anywhere] whitespace-pre-wrap text-ink",
          prose ? "font-sans text-sm" : "text-xs leading-5",
        )}
      >
        {long && !open ? cut : text}
        {long && !open && <span className="block text-ink-3">…</span>}
      </pre>
      {long && (
        <div className="border-t border-line px-2 py-1">
          <Button
            size="sm"
            variant="ghost"
            aria-expanded={open}
            aria-label={open ? `Show less of ${name}` : `Show all of ${name}`}
            onClick={() => setOpen(!open)}
          >
            {open
              ? "Show less"
              : lines.length === 1
                ? "Show all"
                : `Show all ${lines.length} lines`}
          </Button>
        </div>
      )}
    </div>
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? "list of 1" : `list of ${value.length}`;
  return typeof value === "object" ? "object" : typeof value;
}
