import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { buildInboxQuery } from "@/api/inbox";
import { useNews } from "@/api/news";
import { nameOf } from "@/model/inbox";

import { badge } from "./badge";
import { createTeller } from "./notifications";

/** What waits for a person, wherever the page is: counted in the title, told as it comes. */
export function useInbox(enabled: boolean) {
  const navigate = useNavigate();
  useNews(enabled);
  const items = useQuery({ ...buildInboxQuery(), enabled }).data?.items;
  const [tell] = useState(() =>
    createTeller((item) => void navigate({ to: "/inbox", search: { item: nameOf(item) } })),
  );
  useEffect(() => {
    if (!items) return;
    badge.setCount(items.length);
    tell(items);
  }, [items, tell]);
  return items ?? [];
}
