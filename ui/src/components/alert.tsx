import type { ReactNode } from "react";

import { cx } from "./cx";

/** What went wrong, where it matters; said at once to those who cannot see it. */
export function Alert({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      role="alert"
      data-tone="failed"
      className={cx("rounded-md bg-tone-soft px-3 py-2 text-sm text-tone", className)}
    >
      {children}
    </div>
  );
}
