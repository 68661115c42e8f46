import { useMemo, useState } from "react";

/** Which of some rows are marked; a row that is gone is not marked any more. */
export function useSelection(ids: readonly string[]) {
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [anchor, setAnchor] = useState<string | null>(null);
  const selected = useMemo(() => ids.filter((id) => marked.has(id)), [ids, marked]);

  const toggle = (id: string, range = false) => {
    const next = new Set(selected);
    const [a, b] = [ids.indexOf(anchor ?? ""), ids.indexOf(id)];
    if (range && a >= 0) {
      for (const one of ids.slice(Math.min(a, b), Math.max(a, b) + 1)) next.add(one);
    } else if (!next.delete(id)) {
      next.add(id);
    }
    setAnchor(id);
    setMarked(next);
  };
  return {
    selected,
    has: (id: string) => marked.has(id),
    toggle,
    all: () => setMarked(new Set(ids)),
    only: (some: readonly string[]) => setMarked(new Set(some)),
    clear: () => setMarked(new Set()),
  };
}

export type Selection = ReturnType<typeof useSelection>;
