import type { ReactNode } from "react";

import { cx } from "./cx";

/** Short facts in a line, with a dot between each two; none begins or ends a line. */
export function Dotted({ children, className }: { children: ReactNode; className?: string }) {
  return (
    // The dot before the first of a line stands outside.
    <div className="overflow-x-clip">
      <div
        className={cx(
          "-ml-4 flex flex-wrap items-center [&>*]:relative [&>*]:ml-4 [&>*]:min-w-0 [&>*]:before:absolute [&>*]:before:-left-4 [&>*]:before:w-4 [&>*]:before:text-center [&>*]:before:font-normal [&>*]:before:text-ink-3 [&>*]:before:content-['·']",
          className,
        )}
      >
        {children}
      </div>
    </div>
  );
}
