// What somebody has begun to write, kept while they look elsewhere.

import { useState } from "react";

import { DRAFT } from "@/api/session";

function read<T>(key: string, empty: T): T {
  try {
    const kept = sessionStorage.getItem(key);
    return kept === null ? empty : (JSON.parse(kept) as T);
  } catch {
    // What cannot be read is no loss.
    return empty;
  }
}

function write(key: string, value: unknown): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The browser keeps nothing, or not so much; what was kept before is older.
    forget(key);
  }
}

function forget(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Where nothing is kept, nothing is to be forgotten.
  }
}

/** A state that survives leaving the page, until it is cleared. */
export function useKept<T>(name: string, empty: T): [T, (value: T) => void, () => void] {
  const key = `${DRAFT}${name}`;
  const [value, setValue] = useState(() => read(key, empty));
  const keep = (next: T) => {
    setValue(next);
    write(key, next);
  };
  return [value, keep, () => forget(key)];
}
