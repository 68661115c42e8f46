import { useEffect, useState } from "react";

import { fetchLog } from "@/api/executions";
import type { RunListener } from "@/api/live";
import { createPagedLog } from "@/api/logs";

import { LogView } from "./log-view";

/** The log of a whole run, read by range: it may be of any length. */
export function RunLog({
  runId,
  live,
  listen,
  stageName,
  line,
  onLine,
}: {
  runId: string;
  live: boolean;
  listen: (listener: RunListener) => () => void;
  stageName: (id: string) => string;
  line: number | undefined;
  onLine: (seq: number | undefined) => void;
}) {
  const [log] = useState(() => createPagedLog((range) => fetchLog(runId, range)));
  useEffect(() => {
    void log.load();
    return listen({ onLine: log.add, onPoll: () => void log.load() });
  }, [log, listen]);
  return (
    <LogView
      source={log.source}
      label="Run logs"
      live={live}
      opens={live ? "end" : "start"}
      line={line}
      onLine={onLine}
      stageName={stageName}
    />
  );
}
