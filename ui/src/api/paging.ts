// Lists that come by the page, the next one when somebody wants to see more.

import { keepPreviousData } from "@tanstack/react-query";

import { FRESH_MS } from "./query";

interface Page {
  next_cursor?: string | null;
}

/** What all of them have in common. */
export const PAGED = {
  initialPageParam: "",
  getNextPageParam: (page: Page) => page.next_cursor ?? undefined,
  placeholderData: keepPreviousData,
  staleTime: FRESH_MS.executions,
} as const;

/** What the server is asked for besides filters. */
export function pageOf(cursor: string, limit: number) {
  return { limit, ...(cursor !== "" && { cursor }) };
}
