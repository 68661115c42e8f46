import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";

import { cx } from "./cx";
import { tip } from "./tooltip";

/** A choice between a few ways to look at the same. */
export function Segmented<T extends string>({
  label,
  value,
  onChange,
  choices,
  words = false,
}: {
  label: string;
  value: T;
  onChange: (value: T) => void;
  choices: readonly { value: T; label: string; icon: ReactNode }[];
  /** Shows the names, not the icons alone. */
  words?: boolean;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== "" && onChange(next as T)}
      className="flex h-8 shrink-0 rounded-md border border-line-strong bg-sunken p-0.5 shadow-1 pointer-coarse:h-11"
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          aria-label={choice.label}
          className={cx(
            "touch flex min-w-7 items-center justify-center gap-1.5 rounded-sm text-xs font-medium text-ink-3 transition-colors hover:text-ink data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-1 pointer-coarse:min-w-11 [&_svg]:size-4",
            words ? "px-2" : "px-1.5",
          )}
          {...(!words && tip(choice.label))}
        >
          {choice.icon}
          {words && <span>{choice.label}</span>}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
