// What somebody has begun to write, kept while they look elsewhere.

import { useState } from "react";

function read<T>(key: string, empty: T): T {
  try {
    const kept = sessionStorage.getItem(key);
    return kept === null ? empty : (JSON.parse(kept) as T);
  } catch {
    // What cannot be read is no loss.
    return empty;
  }
}

/** A state that survives leaving the page, until it is cleared. */
export function useKept<T>(name: string, empty: T): [T, (value: T) => void, () => void] {
  const key = `baton.draft.${name}`;
  const [value, setValue] = useState(() => read(key, empty));
  const keep = (next: T) => {
    sessionStorage.setItem(key, JSON.stringify(next));
    setValue(next);
  };
  const clear = () => sessionStorage.removeItem(key);
  return [value, keep, clear];
}
