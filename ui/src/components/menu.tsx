// Menus do not lock the page: the lock of the library needs a style element,
// which the Content-Security-Policy refuses.

import { DropdownMenu as Radix } from "radix-ui";
import { type ReactElement, type ReactNode, useRef, useState } from "react";

import { cx } from "./cx";
import { Keys } from "./keys";

/** A menu is part of the dialog or the page it belongs to, also for those who jump between landmarks. */
const SURROUNDINGS = "[role=dialog], main";

export function Menu({
  trigger,
  label,
  align = "end",
  children,
}: {
  trigger: ReactElement;
  label?: string;
  align?: "start" | "end";
  children: ReactNode;
}) {
  const opener = useRef<HTMLButtonElement>(null);
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const look = (open: boolean) => {
    if (open) setContainer(opener.current?.closest<HTMLElement>(SURROUNDINGS) ?? null);
  };
  return (
    <Radix.Root modal={false} onOpenChange={look}>
      <Radix.Trigger asChild ref={opener}>
        {trigger}
      </Radix.Trigger>
      <Radix.Portal container={container}>
        <Radix.Content
          align={align}
          sideOffset={5}
          collisionPadding={8}
          aria-label={label}
          onClick={(event) => event.stopPropagation()}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 animate-[rise-in_.12s_ease-out] overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-3"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  "flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm text-ink outline-none select-none data-disabled:cursor-not-allowed data-disabled:text-ink-3 data-highlighted:bg-pressed pointer-coarse:min-h-11 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-3";

export function MenuItem({
  icon,
  keys,
  danger = false,
  children,
  ...rest
}: {
  icon?: ReactNode;
  keys?: string;
  danger?: boolean;
  children: ReactNode;
  disabled?: boolean;
  onSelect?: (event: Event) => void;
  asChild?: boolean;
}) {
  const classes = cx(ITEM, danger && "text-tone [&>svg]:text-tone");
  const tone = danger ? "failed" : undefined;
  if (rest.asChild === true) {
    return (
      <Radix.Item className={classes} data-tone={tone} {...rest}>
        {children}
      </Radix.Item>
    );
  }
  return (
    <Radix.Item className={classes} data-tone={tone} {...rest}>
      {icon}
      <span className="flex-1">{children}</span>
      {keys !== undefined && <Keys keys={keys} />}
    </Radix.Item>
  );
}

export function MenuChoice({
  value,
  onChange,
  choices,
}: {
  value: string;
  onChange: (value: string) => void;
  choices: readonly { value: string; label: string; icon?: ReactNode }[];
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange}>
      {choices.map((choice) => (
        <Radix.RadioItem key={choice.value} value={choice.value} className={ITEM}>
          {choice.icon}
          <span className="flex-1">{choice.label}</span>
          <Radix.ItemIndicator aria-hidden="true" className="text-accent-ink">
            ✓
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuCheck({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <Radix.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className={ITEM}
    >
      <span className="flex size-4 items-center justify-center text-accent-ink">
        <Radix.ItemIndicator aria-hidden="true">✓</Radix.ItemIndicator>
      </span>
      <span className="flex-1">{children}</span>
    </Radix.CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <Radix.Label className="px-2 pt-1.5 pb-1 text-2xs font-medium text-ink-3">
      {children}
    </Radix.Label>
  );
}

export function MenuLine() {
  return <Radix.Separator className="mx-1 my-1 h-px bg-line" />;
}
