import { ChevronLeft, ChevronRight } from "lucide-react";
import { Children, Fragment, type ReactNode } from "react";

/** Where a page is: each step leads there. The page itself comes last, unless it is left open: then they lead back. */
export function Trail({ open = false, children }: { open?: boolean; children: ReactNode }) {
  const steps = Children.toArray(children);
  return (
    <nav
      aria-label="Where this is"
      className="flex min-w-0 items-center gap-1 text-xs text-ink-3 [&_a]:truncate [&_a]:rounded-sm [&_a]:hover:text-ink [&_a]:hover:underline pointer-coarse:[&_a]:relative pointer-coarse:[&_a]:z-1 pointer-coarse:[&_a]:-my-3.5 pointer-coarse:[&_a]:min-w-11 pointer-coarse:[&_a]:py-3.5 [&_a:first-of-type]:shrink-0 pointer-coarse:[&_button]:-my-2"
    >
      {open && <ChevronLeft aria-hidden="true" className="-mr-0.5 -ml-1 size-3.5 shrink-0" />}
      {steps.map((step, index) => (
        <Fragment key={index}>
          {step}
          {index < steps.length - 1 && (
            <ChevronRight aria-hidden="true" className="size-3.5 shrink-0" />
          )}
        </Fragment>
      ))}
    </nav>
  );
}
