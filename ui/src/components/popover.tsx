import { Popover as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

import { cx } from "./cx";

export function Popover({
  trigger,
  label,
  className,
  children,
}: {
  trigger: ReactElement;
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="start"
          sideOffset={5}
          collisionPadding={8}
          aria-label={label}
          className={cx(
            "z-50 min-w-56 animate-[rise-in_.12s_ease-out] rounded-lg border border-line bg-raised p-2 shadow-3 outline-none",
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
