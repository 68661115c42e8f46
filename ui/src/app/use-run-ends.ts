import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { buildEndedQuery } from "@/api/executions";
import { useStore } from "@/model/store";

import { notifications, tellEnd } from "./notifications";
import { watched, watchRuns } from "./watched";

/** Tells those who look elsewhere when a run ends that they have started or looked at. */
export function useRunEnds(enabled: boolean): void {
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => watchRuns(queries), [queries]);
  const wanted = useStore(notifications) === "on";
  const some = useStore(watched).length > 0;
  const { data: ended } = useQuery({ ...buildEndedQuery(), enabled: enabled && wanted && some });
  // What had ended before anybody asked is no news.
  const begun = useRef(false);
  useEffect(() => {
    if (!ended) return;
    const ids = watched.get();
    const news = ended.filter(({ id }) => ids.includes(id));
    if (begun.current) {
      for (const run of news) {
        const { id: runId } = run;
        tellEnd(run, () => {
          void navigate({ to: "/workflows/executions/$runId", params: { runId } });
        });
      }
    }
    begun.current = true;
    watched.drop(news.map(({ id }) => id));
  }, [ended, navigate]);
}
