import { useNavigate } from "@tanstack/react-router";

import type { Execution } from "@/api/executions";
import { type Control, useControlRun, useRerun } from "@/api/steering";
import { toast } from "@/components/toast";
import { RUN_ACTIONS } from "@/model/run-actions";

/** What can be done with a run, with words for what came of it. */
export function useRunActions(run: Execution) {
  const navigate = useNavigate();
  const control = useControlRun();
  const rerun = useRerun();
  return {
    busy: control.isPending || rerun.isPending,
    control: (what: Control) =>
      control.mutate(
        { id: run.id, control: what },
        { onError: (error) => toast.error(RUN_ACTIONS[what].notDone, error) },
      ),
    /** Repeats all of it, or a stage with what depends on it. */
    rerun: (from?: string) =>
      rerun.mutate(
        { id: run.id, ...(from !== undefined && { from }) },
        {
          onSuccess: (started) => {
            toast.success(RUN_ACTIONS.rerun.done);
            void navigate({
              to: "/workflows/executions/$runId",
              params: { runId: started.id },
              search: {},
            });
          },
          onError: (error) => toast.error(RUN_ACTIONS.rerun.notDone, error),
        },
      ),
  };
}

export type RunActions = ReturnType<typeof useRunActions>;
