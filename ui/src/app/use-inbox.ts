import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import type { Execution } from "@/api/executions";
import { useNews } from "@/api/news";
import { buildWaitingQuery } from "@/api/waiting";
import { inboxItems } from "@/model/inbox";

import { badge } from "./badge";
import { createTeller } from "./notifications";

const itemsOf = (runs: Execution[]) => inboxItems(runs);

/** What waits for a person, wherever the page is: counted in the title, told as it comes. */
export function useInbox(enabled: boolean) {
  const navigate = useNavigate();
  useNews(enabled);
  const { data: items } = useQuery({ ...buildWaitingQuery(), enabled, select: itemsOf });
  const [tell] = useState(() =>
    createTeller(
      ({ run, step }) =>
        void navigate({ to: "/inbox", search: { item: `${run.id}:${step.stage_id}` } }),
    ),
  );
  useEffect(() => {
    if (!items) return;
    badge.setCount(items.length);
    tell(items);
  }, [items, tell]);
  return items ?? [];
}
