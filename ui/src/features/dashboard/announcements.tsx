import { useEffect, useRef, useState } from "react";

import type { Execution } from "@/api/executions";
import type { RunListener } from "@/api/live";
import { toast } from "@/components/toast";
import { plainWords } from "@/model/ansi";
import { type ExecutionStatus, STATUSES } from "@/model/status";

const SAYS: Readonly<Record<string, string>> = {
  stage_started: "started",
  stage_completed: "completed",
  stage_failed: "failed",
  stage_skipped: "skipped",
  stage_waiting_for_approval: "waits for approval",
  stage_waiting_for_input: "asks a question",
};
/** Whoever listens wants sentences, not a stream of them. */
const PAUSE_MS = 1_500;

/** Says what happens: to those who cannot see it, and failures and ends to everybody. */
export function Announcements({
  run,
  listen,
}: {
  run: Execution;
  listen: (listener: RunListener) => () => void;
}) {
  const [said, setSaid] = useState("");
  const steps = useRef(run.steps);
  useEffect(() => {
    steps.current = run.steps;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waiting: string[] = [];
    const say = (words: string) => {
      waiting = [...waiting.slice(-3), words];
      timer ??= setTimeout(() => {
        timer = undefined;
        setSaid(waiting.join(". "));
        waiting = [];
      }, PAUSE_MS);
    };
    const stop = listen({
      onEvent: (event, fresh) => {
        if (!fresh) return;
        const step = steps.current?.find(({ stage_id }) => stage_id === event.stage_id);
        const name = step && plainWords(step.stage_name);
        const words = SAYS[event.name];
        if (words !== undefined && name !== undefined) say(`${name} ${words}`);
        if (event.name === "stage_failed" && name !== undefined) {
          toast.error(`${name} failed`, new Error(event.error ?? "No reason was given."));
        }
        if (event.name === "execution_completed") tellEnd(event.status, event.error);
      },
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}

function tellEnd(status: string | undefined, error: string | null | undefined) {
  const known = status as ExecutionStatus;
  const words = `Run ${STATUSES[known].label.toLowerCase()}`;
  if (known === "completed") toast.success(words);
  else if (known === "cancelled") toast.info(words);
  else toast.error(words, new Error(error ?? "No reason was given."));
}
