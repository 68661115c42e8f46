import { ChevronDown } from "lucide-react";
import { Switch as RadixSwitch } from "radix-ui";
import { type ComponentProps, type ReactNode, useId } from "react";

import { cx } from "./cx";

const BOX =
  "w-full rounded-md border border-control bg-surface px-2.5 text-sm text-ink shadow-1 transition-colors hover:border-ink-3 focus-visible:border-focus focus-visible:outline-1 focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-ink-3 aria-invalid:border-danger pointer-coarse:min-h-11 pointer-coarse:text-base";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cx(BOX, "h-8", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cx(BOX, "min-h-20 py-1.5 leading-5", className)} {...rest} />;
}

/** The browser's own, which works everywhere, with every aid; only its arrow is ours. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span
      data-select
      className={cx("relative inline-flex h-8 flex-col pointer-coarse:min-h-11", className)}
    >
      <select
        className={cx(
          BOX,
          "[field-sizing:content] min-h-0 w-auto min-w-0 flex-1 appearance-none pr-7 font-medium text-ellipsis",
        )}
        {...rest}
      >
        {children}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-ink-3"
      />
    </span>
  );
}

export function Switch({ className, ...rest }: ComponentProps<typeof RadixSwitch.Root>) {
  return (
    <RadixSwitch.Root
      className={cx(
        "touch inline-flex h-5 w-9 shrink-0 items-center rounded-full bg-control p-0.5 transition-colors data-[state=checked]:bg-accent",
        className,
      )}
      {...rest}
    >
      <RadixSwitch.Thumb className="size-4 rounded-full bg-white shadow-1 transition-transform data-[state=checked]:translate-x-4" />
    </RadixSwitch.Root>
  );
}

export interface FieldIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** A control with its name, what it is for, and what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  required = false,
  aside,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  /** Small words at the end of the name, such as a type. */
  aside?: ReactNode;
  children: (ids: FieldIds) => ReactNode;
}) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`]
    .filter((part) => part !== false)
    .join(" ");
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline gap-2">
        <label htmlFor={id} className="text-sm font-medium text-ink">
          {label}
          {required && (
            <span data-tone="failed" className="ml-0.5 text-tone" title="required">
              *
            </span>
          )}
        </label>
        {aside !== undefined && <span className="text-xs text-ink-3">{aside}</span>}
      </div>
      {children({
        id,
        "aria-describedby": described === "" ? undefined : described,
        "aria-invalid": error !== undefined || undefined,
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-ink-3">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} data-tone="failed" className="text-xs text-tone">
          {error}
        </p>
      )}
    </div>
  );
}
