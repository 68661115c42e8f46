import { type ReactNode, useEffect } from "react";

import { badge } from "@/app/badge";

import { cx } from "./cx";

/** A page with its name, in the tab and for those who jump between landmarks. */
export function Page({
  title,
  heading,
  description,
  actions,
  wide = false,
  children,
}: {
  /** In the tab. */
  title: string;
  /** On the page, with its own `h1`; the title when left out. */
  heading?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <main
      aria-label={title}
      id="main"
      tabIndex={-1}
      className={cx(
        "mx-auto flex w-full flex-1 flex-col px-4 pt-5 pb-16 outline-none sm:px-6 lg:px-8",
        !wide && "max-w-7xl",
      )}
    >
      <header className="mb-5 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-32 sm:basis-64">
          {heading ?? <h1 className="truncate text-xl font-semibold text-ink">{title}</h1>}
          {description !== undefined && (
            <div className="mt-0.5 text-sm text-ink-3">{description}</div>
          )}
        </div>
        {actions !== undefined && (
          <div className="flex flex-wrap items-center gap-2">{actions}</div>
        )}
      </header>
      {children}
    </main>
  );
}

/** The page's part of the title of the tab. */
export function useTitle(title: string) {
  useEffect(() => badge.setPage(title), [title]);
}
