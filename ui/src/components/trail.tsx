import { ChevronRight } from "lucide-react";
import { Children, Fragment, type ReactNode } from "react";

/** Where a page is: each step leads there, and the page itself may come last. */
export function Trail({ open = false, children }: { open?: boolean; children: ReactNode }) {
  const steps = Children.toArray(children);
  return (
    <nav
      aria-label="Where this is"
      className="flex min-w-0 items-center gap-1 text-xs text-ink-3 [&_a]:touch [&_a]:truncate [&_a]:rounded-sm [&_a]:hover:text-ink [&_a]:hover:underline"
    >
      {steps.map((step, index) => (
        <Fragment key={index}>
          {step}
          {(open || index < steps.length - 1) && (
            <ChevronRight aria-hidden="true" className="size-3.5 shrink-0" />
          )}
        </Fragment>
      ))}
    </nav>
  );
}
