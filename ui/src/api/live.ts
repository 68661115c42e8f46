// A run as it is now: asked for once, then followed.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";

import type { Schemas } from "@/api/client";
import { applyEvent, type RunEvent } from "@/model/run-events";
import { isTerminal } from "@/model/status";
import { createStore, useStore } from "@/model/store";

import { type Damage, noteDamage } from "./damage";
import { buildExecutionQuery, type Execution, executionKeys, fetchLog } from "./executions";
import { type Connection, followRun } from "./stream";
import { turnToFollow } from "./turns";

/** Events come in bursts; the run is asked for once after each. */
const REFRESH_MS = 250;

export type LogLine = Schemas["LogLine"];

export interface RunListener {
  onLine?: (line: LogLine) => void;
  /** `fresh` is what happened after the page had asked for the run. */
  onEvent?: (event: RunEvent, fresh: boolean) => void;
  /** The stream is away: whatever is shown should be asked for again. */
  onPoll?: () => void;
}

/** The run, how the page hears of it, and a way to hear what is said. */
export function useLiveRun(id: string) {
  const queries = useQueryClient();
  const query = useQuery(buildExecutionQuery(id));
  const listeners = useRef(new Set<RunListener>());
  const connection = useMemo(() => createStore<Connection>("connecting"), []);
  const status = query.data?.status;
  const ended = status !== undefined && isTerminal(status);
  const follows = status !== undefined && !ended;

  useEffect(() => {
    if (ended) connection.set("ended");
  }, [ended, connection]);

  useEffect(() => {
    if (!follows) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: executionKeys.detail(id) });
      }, REFRESH_MS);
    };
    const known = queries.getQueryData<Execution>(executionKeys.detail(id))?.updated_at ?? "";
    const poll = () => {
      refresh();
      for (const listener of listeners.current) listener.onPoll?.();
    };
    const hear = (event: RunEvent) => {
      queries.setQueryData<Execution>(
        executionKeys.detail(id),
        (run) => run && applyEvent(run, event),
      );
      for (const listener of listeners.current) listener.onEvent?.(event, event.at > known);
      refresh();
    };
    const begin = async () => {
      // What is in the log already is read by range, not sent through the stream.
      const last = await fetchLog(id, { tail: true, limit: 1 }, stop.signal).catch(() => []);
      if (stop.signal.aborted) return;
      const run = followRun({
        path: `/api/v1/workflow-executions/${id}/stream`,
        after: `0.${last.at(-1)?.seq ?? 0}`,
        turn: turnToFollow,
        onPoll: poll,
        onMessage: ({ id: place, event, data }) => {
          if (event === "log_line") {
            const line = JSON.parse(data) as LogLine;
            for (const listener of listeners.current) listener.onLine?.(line);
          } else if (event === "event_damaged") {
            const { code, detail } = JSON.parse(data) as Damage;
            noteDamage(id, { place: place ?? "", code, detail });
            refresh();
          } else {
            hear({ ...(JSON.parse(data) as Omit<RunEvent, "name">), name: event });
          }
        },
      });
      const show = () => connection.set(run.connection.get());
      run.connection.subscribe(show);
      stop.signal.addEventListener("abort", run.close);
      show();
    };
    void begin();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [id, follows, queries, connection]);

  const listen = useMemo(
    () => (listener: RunListener) => {
      listeners.current.add(listener);
      return () => void listeners.current.delete(listener);
    },
    [],
  );
  return { ...query, connection: useStore(connection), listen };
}
