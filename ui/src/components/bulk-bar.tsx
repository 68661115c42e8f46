import { X } from "lucide-react";
import type { ReactNode } from "react";

import { IconButton } from "./button";
import type { Selection } from "./use-selection";

/** What can be done with the rows that are marked. */
export function BulkBar({ selection, children }: { selection: Selection; children: ReactNode }) {
  const count = selection.selected.length;
  if (count === 0) return null;
  return (
    <div className="pointer-events-none sticky bottom-4 z-20 mt-4 flex justify-center">
      <div
        role="toolbar"
        aria-label={`${count} selected`}
        className="pointer-events-auto flex max-w-full animate-[rise-in_.15s_ease-out] flex-wrap items-center gap-1.5 rounded-xl border border-line bg-raised py-1.5 pr-1.5 pl-3.5 shadow-3"
      >
        <span aria-live="polite" className="mr-2 text-sm font-medium tabular-nums">
          {count} selected
        </span>
        {children}
        <IconButton label="Clear the selection" keys="escape" onClick={selection.clear}>
          <X />
        </IconButton>
      </div>
    </div>
  );
}
