import type { ReactNode } from "react";

/** A setting with its name, what it is for, and what changes it. */
export function Setting({
  title,
  hint,
  children,
}: {
  title: string;
  hint: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="flex flex-wrap items-center gap-x-8 gap-y-3 border-b border-line px-4 py-4 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="text-sm font-medium">{title}</h2>
        <p className="text-sm text-ink-3">{hint}</p>
      </div>
      {children}
    </section>
  );
}

export function Settings({ children }: { children: ReactNode }) {
  return (
    <div className="max-w-3xl rounded-lg border border-line bg-surface shadow-1">{children}</div>
  );
}
