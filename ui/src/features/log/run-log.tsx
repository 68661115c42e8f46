import { useEffect, useRef, useState } from "react";

import { fetchLog } from "@/api/executions";
import type { RunListener } from "@/api/live";
import { readWholeLog } from "@/api/log-file";
import { createPagedLog } from "@/api/logs";
import { saveFile } from "@/components/download";
import { toast } from "@/components/toast";
import { shortId } from "@/model/short-id";

import { LogView } from "./log-view";

/** As many lines as the server gives at once. */
const PIECE = 10_000;

/** The log of a whole run, read by range: it may be of any length. */
export function RunLog({
  runId,
  live,
  listen,
  stageName,
  stageChars,
  line,
  onLine,
}: {
  runId: string;
  live: boolean;
  listen: (listener: RunListener) => () => void;
  stageName: (id: string) => string;
  /** How long the longest of these names is. */
  stageChars: number;
  line: number | undefined;
  onLine: (seq: number | undefined) => void;
}) {
  const [log] = useState(() => createPagedLog((range) => fetchLog(runId, range)));
  useEffect(() => {
    void log.load();
    return listen({ onLine: log.add, onPoll: () => void log.load() });
  }, [log, listen]);
  // Lines are numbered without gaps, so one that is at hand tells where it stands.
  const read = async (from: number, to: number) => {
    const lines = [];
    for (let after = from; after <= to; after += PIECE) {
      lines.push(...(await fetchLog(runId, { after, limit: Math.min(PIECE, to + 1 - after) })));
    }
    return lines;
  };
  const saving = useRef(false);
  const save = async () => {
    if (saving.current) return;
    saving.current = true;
    try {
      const pieces = await readWholeLog((range) => fetchLog(runId, range));
      saveFile(`run-${shortId(runId)}.log`, pieces, "text/plain");
    } catch (error) {
      toast.error("The log was not saved", error);
    }
    saving.current = false;
  };
  return (
    <LogView
      source={log.source}
      label="Run logs"
      live={live}
      opens={live ? "end" : "start"}
      line={line}
      onLine={onLine}
      stageName={stageName}
      stageChars={stageChars}
      onSave={() => void save()}
      read={read}
    />
  );
}
