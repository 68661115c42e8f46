import { useQuery } from "@tanstack/react-query";

import { buildWaitingQuery } from "@/api/waiting";
import { inboxItems } from "@/model/inbox";

/** How many things wait for a person. */
export function useInboxCount(enabled: boolean): number {
  const { data } = useQuery({
    ...buildWaitingQuery(),
    enabled,
    select: (runs) => inboxItems(runs).length,
  });
  return data ?? 0;
}
