import { useEffect, useState } from "react";

import type { LogSource } from "@/api/logs";
import { useStore } from "@/model/store";

/** So many places are more than anybody goes through. */
const HITS_MAX = 10_000;

export interface LogSearch {
  /** Indexes of lines, in order. */
  hits: readonly number[];
  /** So many lines are searched. */
  searched: number;
  searching: boolean;
}

interface Progress {
  source: LogSource;
  query: string;
  hits: readonly number[];
  next: number;
}

/** Searches the whole log, whatever of it is shown, and goes on with what is added. */
export function useLogSearch(source: LogSource, text: string): LogSearch {
  const query = text.toLowerCase();
  useStore(source.version);
  const count = source.count();
  const [progress, setProgress] = useState<Progress>({ source, query, hits: [], next: 0 });
  const current =
    progress.source === source && progress.query === query
      ? progress
      : { source, query, hits: [], next: 0 };
  const over = query === "" || current.next >= count || current.hits.length >= HITS_MAX;
  const { next } = current;

  useEffect(() => {
    if (over) return;
    let left = false;
    source
      .scan(query, next)
      .then((found) => {
        if (left) return;
        setProgress((before) => {
          const same = before.source === source && before.query === query;
          const hits = [...(same ? before.hits : []), ...found.hits].slice(0, HITS_MAX);
          return { source, query, hits, next: Math.max(found.next, next + 1) };
        });
      })
      // What could not be read has no hits; the log itself says that it is away.
      .catch(() => undefined);
    return () => {
      left = true;
    };
  }, [source, query, next, over]);

  return { hits: current.hits, searched: next, searching: !over };
}
