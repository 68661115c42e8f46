import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { buildInboxQuery } from "@/api/inbox";
import { useNews } from "@/api/news";
import { nameOf } from "@/model/inbox";

import { badge } from "./badge";
import { createTeller } from "./notifications";

/** How much waits for a person, wherever the page is: counted in the title, told as it comes. */
export function useInbox(enabled: boolean): number {
  const navigate = useNavigate();
  useNews(enabled);
  const inbox = useQuery({ ...buildInboxQuery(), enabled }).data;
  const [tell] = useState(() =>
    createTeller((item) => void navigate({ to: "/inbox", search: { item: nameOf(item) } })),
  );
  useEffect(() => {
    if (!inbox) return;
    badge.setCount(inbox.total_count);
    tell(inbox.items);
  }, [inbox, tell]);
  return inbox?.total_count ?? 0;
}
