import { useEffect, useRef } from "react";

import type { LogSource } from "@/api/logs";

import type { LogSearch } from "./use-log-search";

/**
 * Leads whoever writes a word to the first place that has it, from where they
 * are on and else from the beginning; once for each word, and only while they
 * wait for it: what is written into a log later leads nobody away.
 */
export function useLead(
  source: LogSource,
  query: string,
  search: LogSearch,
  here: number,
  go: (index: number) => void,
): void {
  const led = useRef({ query: "", from: -1 });
  // How far a word is searched before there is nothing to be led to.
  const sought = useRef({ query: "", until: 0 });
  useEffect(() => {
    const { query: before, from } = led.current;
    if (query === "") led.current = { query, from: here };
    if (query === "" || query === before || source.loading()) return;
    if (sought.current.query !== query) sought.current = { query, until: source.count() };
    const begin = before === "" ? here : from;
    const through = !search.searching || search.searched >= sought.current.until;
    const ahead = search.hits.find((index) => index >= begin);
    const index = ahead ?? (through ? search.hits[0] : undefined);
    if (index === undefined && !through) return;
    led.current = { query, from: begin };
    if (index !== undefined && index !== here) go(index);
  });
}
