import { type ReactNode, useCallback, useState } from "react";

import type { Execution } from "@/api/executions";
import { type Control, useControlRun, useRerun } from "@/api/steering";
import { Confirm } from "@/components/confirm";
import { toast } from "@/components/toast";
import { isConfirmed, RUN_ACTIONS } from "@/model/run-actions";
import { shortId } from "@/model/short-id";

import { CancelRun } from "./cancel-run";
import type { Act } from "./row-actions";

/** Does with a run of a list what its row offers; ends and repeats only when that is confirmed. */
export function useRowActions(): { act: Act; dialogs: ReactNode } {
  const { mutate: control } = useControlRun();
  const { mutate: rerun } = useRerun();
  const [asked, setAsked] = useState<{ run: Execution; action: "cancel" | "rerun" }>();

  const steer = useCallback(
    (id: string, what: Control) =>
      control(
        { id, control: what },
        { onError: (error) => toast.error(RUN_ACTIONS[what].notDone, error) },
      ),
    [control],
  );
  const act: Act = useCallback(
    (run, action) => {
      if (isConfirmed(action)) setAsked({ run, action });
      else steer(run.id, action);
    },
    [steer],
  );
  const confirmed = () => {
    setAsked(undefined);
    if (asked === undefined) return;
    const { id, workflow_name } = asked.run;
    if (asked.action === "cancel") {
      steer(id, "cancel");
      return;
    }
    rerun(
      { id },
      {
        onSuccess: () => toast.success(`${RUN_ACTIONS.rerun.done}: ${workflow_name}`),
        onError: (error) => toast.error(RUN_ACTIONS.rerun.notDone, error),
      },
    );
  };
  const name = asked && `${asked.run.workflow_name} ${shortId(asked.run.id)}`;
  const close = () => setAsked(undefined);
  const dialogs = (
    <>
      <CancelRun
        open={asked?.action === "cancel"}
        name={name}
        onClose={close}
        onConfirm={confirmed}
      />
      <Confirm
        open={asked?.action === "rerun"}
        title="Re-run this run?"
        action="Re-run"
        keep="Not now"
        harmless
        onClose={close}
        onConfirm={confirmed}
      >
        A new run starts with the values of {name}, from the beginning. That one stays as it is.
      </Confirm>
    </>
  );
  return { act, dialogs };
}
