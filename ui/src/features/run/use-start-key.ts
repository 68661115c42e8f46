import { useState } from "react";

import { freshKey } from "@/model/fresh-key";

/**
 * The key of a start, one for each content. The same content, sent again after
 * a lost answer, starts nothing twice; another one is another start.
 */
export function useStartKey(): (content: object) => string {
  const [keys] = useState(() => new Map<string, string>());
  return (content) => {
    const text = JSON.stringify(content);
    const key = keys.get(text) ?? freshKey();
    keys.set(text, key);
    return key;
  };
}
