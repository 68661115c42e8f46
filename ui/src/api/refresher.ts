// Lists that are asked for again and again, however long their answers take.

import type { QueryClient, QueryFilters } from "@tanstack/react-query";

/**
 * Has lists asked for anew. An answer that is on its way is waited for, since
 * whoever drops it for each of many events never has one; and since it may be
 * older than the event, there is one more request after it.
 */
export function createRefresher(queries: QueryClient, filters: QueryFilters): () => void {
  let asking = false;
  let again = false;
  const ask = async () => {
    do {
      again = queries.isFetching(filters) > 0;
      await queries.invalidateQueries(filters, { cancelRefetch: false });
    } while (again);
    asking = false;
  };
  return () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    void ask();
  };
}
