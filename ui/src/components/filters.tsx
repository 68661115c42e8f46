// What a list is cut down by: in a row, or on a sheet where there is no room for one.

import { SlidersHorizontal } from "lucide-react";
import { type ReactElement, type ReactNode, useState } from "react";

import { Button } from "./button";
import { type Choice, Options } from "./choices";
import { cx } from "./cx";
import { Sheet } from "./dialog";
import { Select } from "./field";

/** The controls stand in the row from 640 px on; below, a button leads to them. */
export function Filters({
  count,
  onClear,
  done,
  children,
}: {
  /** How many are set. */
  count: number;
  onClear: () => void;
  /** What the button says that leads back to the list, such as `Show 3 runs`. */
  done: string;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <div className="contents max-sm:hidden">{children}</div>
      <Button className="sm:hidden" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <SlidersHorizontal aria-hidden="true" />
        Filters
        {count > 0 && (
          <span className="rounded-full bg-accent px-1.5 text-2xs leading-4 text-on-accent tabular-nums">
            <span className="sr-only">, set: </span>
            {count}
          </span>
        )}
      </Button>
      <Sheet
        open={open}
        onClose={() => setOpen(false)}
        title="Filters"
        footer={
          <>
            {count > 0 && (
              <Button variant="ghost" onClick={onClear}>
                Clear
              </Button>
            )}
            <span className="flex-1" />
            <Button variant="primary" onClick={() => setOpen(false)}>
              {done}
            </Button>
          </>
        }
      >
        <div
          data-sheet
          className="flex flex-col gap-4 [&_[data-select]]:w-full [&_[data-select]]:max-w-none [&_button]:w-full"
        >
          {children}
        </div>
      </Sheet>
    </>
  );
}

/** A control of a row that says what it is where there is room for that: on the sheet. */
export function Filter({ label, children }: { label: string; children: ReactElement }) {
  return (
    <div className="contents in-data-sheet:flex in-data-sheet:flex-col in-data-sheet:gap-1.5">
      <span aria-hidden="true" className="hidden text-sm font-medium text-ink in-data-sheet:inline">
        {label}
      </span>
      {children}
    </div>
  );
}

/** A choice of what a list is cut down to. */
export function SelectFilter({
  label,
  all,
  value,
  onChange,
  className,
  children,
}: {
  label: string;
  /** The choice that leaves nothing out, whose value is an empty text. */
  all?: string;
  value: string | undefined;
  onChange: (value: string) => void;
  className?: string;
  /** The other choices. */
  children: ReactNode;
}) {
  return (
    <Filter label={label}>
      <Select
        aria-label={label}
        // Beside buttons it looks like them.
        className={cx("max-w-44 [&_select]:not-hover:border-line-strong", className)}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value)}
      >
        {all !== undefined && <option value="">{all}</option>}
        {children}
      </Select>
    </Filter>
  );
}

/** By what a list is sorted, and in which direction: `name:asc`. */
export function OrderFilter({
  by,
  order,
  choices,
  onChange,
}: {
  by: string;
  order: string;
  choices: readonly Choice[];
  onChange: (change: { sort: string | undefined; order: string | undefined }) => void;
}) {
  return (
    <SelectFilter
      label="Order"
      value={`${by}:${order}`}
      onChange={(value) => {
        const [sort, direction] = value.split(":");
        onChange({ sort, order: direction });
      }}
    >
      <Options choices={choices} />
    </SelectFilter>
  );
}
