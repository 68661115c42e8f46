import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

export interface TabItem<Id extends string> {
  id: Id;
  label: string;
  count?: number;
  content: () => ReactNode;
}

/** Tabs whose choice lives in the URL of the page that has them. */
export function Tabs<Id extends string>({
  label,
  items,
  value,
  onChange,
}: {
  label: string;
  items: readonly TabItem<Id>[];
  value: Id;
  onChange: (id: Id) => void;
}) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(id) => onChange(id as Id)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Radix.List
        aria-label={label}
        className="flex [scrollbar-width:none] gap-1 overflow-x-auto border-b border-line"
      >
        {items.map((item) => (
          <Radix.Trigger
            key={item.id}
            value={item.id}
            className="relative mr-4 h-9 shrink-0 rounded-t-md text-sm font-medium text-ink-3 transition-colors after:absolute after:inset-x-0 after:-bottom-px after:h-0.5 after:rounded-full hover:text-ink data-[state=active]:text-ink data-[state=active]:after:bg-accent pointer-coarse:h-11 pointer-coarse:min-w-11"
          >
            {item.label}
            {item.count !== undefined && (
              <span className="ml-1.5 text-xs text-ink-3 tabular-nums">{item.count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {items.map((item) => (
        <Radix.Content
          key={item.id}
          value={item.id}
          className="flex min-h-0 flex-1 flex-col pt-4 focus-visible:outline-offset-4"
        >
          {item.id === value && item.content()}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
