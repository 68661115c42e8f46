import { type ReactNode, useEffect, useState } from "react";

import { fetchLog, type Step } from "@/api/executions";
import type { RunListener } from "@/api/live";
import { createWholeLog } from "@/api/logs";
import { saveFile } from "@/components/download";
import { Select } from "@/components/field";
import { plainText } from "@/model/ansi";
import type { Attempt } from "@/model/run-history";
import { isStepEnded, isStepFailed } from "@/model/status";

import { LogView } from "./log-view";

export interface StageLogProps {
  runId: string;
  step: Step;
  attempts: readonly Attempt[];
  listen: (listener: RunListener) => () => void;
  line: number | undefined;
  onLine: (seq: number | undefined) => void;
}

/** The log of a stage: of its latest start, or of one before. */
export function StageLog(props: StageLogProps) {
  const { step, attempts } = props;
  const [chosen, setChosen] = useState<number | null>(null);
  const dispatch = chosen ?? step.dispatch;
  const starts = startsOf(attempts);
  return (
    <StartLog key={dispatch} {...props} dispatch={dispatch}>
      {starts.length > 1 && (
        <Select
          aria-label="Which attempt"
          className="h-7"
          value={dispatch}
          onChange={(event) => {
            props.onLine(undefined);
            setChosen(Number(event.target.value));
          }}
        >
          {starts.map(({ dispatch: number, label }) => (
            <option key={number} value={number}>
              {label}
            </option>
          ))}
        </Select>
      )}
    </StartLog>
  );
}

/** The starts of a stage, the newest first, in words. */
export function startsOf(attempts: readonly Attempt[]) {
  const rounds = new Set(attempts.map(({ iteration }) => iteration)).size;
  return attempts.flatMap(({ iteration, attempt, dispatches }) =>
    dispatches
      .map((dispatch, turn) => {
        const round = rounds > 1 ? `Round ${iteration}, attempt` : "Attempt";
        const words = dispatches.length > 1 ? `, turn ${turn + 1}` : "";
        return { dispatch, label: `${round} ${attempt}${words}` };
      })
      .toReversed(),
  );
}

function StartLog({
  runId,
  step,
  dispatch,
  listen,
  line,
  onLine,
  children,
}: StageLogProps & { dispatch: number; children: ReactNode }) {
  const stage = step.stage_id;
  const [log] = useState(() =>
    createWholeLog((range) => fetchLog(runId, { stage, dispatch, ...range })),
  );
  useEffect(() => {
    void log.load();
    return listen({
      onLine: (one) => {
        if (one.stage_id === stage && one.dispatch === dispatch) log.add(one);
      },
      onPoll: () => void log.load(),
    });
  }, [log, listen, stage, dispatch]);
  const failed = isStepFailed(step.status);
  const live = !isStepEnded(step.status) && dispatch === step.dispatch;
  const save = () => {
    const { source } = log;
    const lines = Array.from({ length: source.count() }, (_, index) => source.line(index));
    const text = lines.map((one) => plainText(one?.message ?? "")).join("\n");
    saveFile(`${stage}-${dispatch}.log`, `${text}\n`, "text/plain");
  };
  return (
    <LogView
      source={log.source}
      label="Stage execution logs"
      live={live}
      opens={live ? "end" : failed ? "error" : "start"}
      line={line}
      onLine={onLine}
      onSave={save}
    >
      {children}
    </LogView>
  );
}
