import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";

import type { Execution } from "@/api/executions";
import { type Control, useControlRun, useRerun } from "@/api/steering";
import { toast } from "@/components/toast";
import { freshKey } from "@/model/fresh-key";

const NOT_DONE: Readonly<Record<Control, string>> = {
  pause: "Not paused",
  resume: "Not resumed",
  cancel: "Not cancelled",
};

/** What can be done with a run, with words for what came of it. */
export function useRunActions(run: Execution) {
  const navigate = useNavigate();
  const control = useControlRun();
  const rerun = useRerun();
  // The same attempt, repeated after a lost answer, starts nothing twice.
  const keys = useRef(new Map<string, string>());
  return {
    busy: control.isPending || rerun.isPending,
    control: (what: Control) =>
      control.mutate(
        { id: run.id, control: what },
        { onError: (error) => toast.error(NOT_DONE[what], error) },
      ),
    /** Repeats all of it, or a stage with what depends on it. */
    rerun: (from?: string) => {
      const attempt = `${run.id} ${from ?? ""}`;
      const key = keys.current.get(attempt) ?? freshKey();
      keys.current.set(attempt, key);
      rerun.mutate(
        { id: run.id, key, ...(from !== undefined && { from }) },
        {
          onSuccess: (started) => {
            keys.current.delete(attempt);
            toast.success("Started again");
            void navigate({
              to: "/workflows/executions/$runId",
              params: { runId: started.id },
              search: {},
            });
          },
          onError: (error) => toast.error("Not started again", error),
        },
      );
    },
  };
}

export type RunActions = ReturnType<typeof useRunActions>;
