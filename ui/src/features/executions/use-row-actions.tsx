import { type ReactNode, useCallback, useRef, useState } from "react";

import type { Execution } from "@/api/executions";
import { useControlRun, useRerun } from "@/api/steering";
import { Confirm } from "@/components/confirm";
import { toast } from "@/components/toast";
import { freshKey } from "@/model/fresh-key";

import type { Act } from "./row-actions";

const NOT_DONE = { pause: "Not paused", resume: "Not resumed", cancel: "Not cancelled" };

/** Does with a run of a list what its row offers; ends and repeats only when that is confirmed. */
export function useRowActions(): { act: Act; dialogs: ReactNode } {
  const { mutate: control } = useControlRun();
  const { mutate: rerun } = useRerun();
  const [asked, setAsked] = useState<{ run: Execution; action: "cancel" | "rerun" }>();
  // The same attempt, repeated after a lost answer, starts nothing twice.
  const keys = useRef(new Map<string, string>());

  const act: Act = useCallback(
    (run, action) => {
      if (action === "cancel" || action === "rerun") setAsked({ run, action });
      else {
        control(
          { id: run.id, control: action },
          { onError: (error) => toast.error(NOT_DONE[action], error) },
        );
      }
    },
    [control],
  );
  const confirmed = () => {
    setAsked(undefined);
    if (asked === undefined) return;
    const { id, workflow_name } = asked.run;
    if (asked.action === "cancel") {
      control(
        { id, control: "cancel" },
        { onError: (error) => toast.error(NOT_DONE.cancel, error) },
      );
      return;
    }
    const key = keys.current.get(id) ?? freshKey();
    keys.current.set(id, key);
    rerun(
      { id, key },
      {
        onSuccess: () => {
          keys.current.delete(id);
          toast.success(`Started again: ${workflow_name}`);
        },
        onError: (error) => toast.error("Not started again", error),
      },
    );
  };
  const name = asked && `${asked.run.workflow_name} ${asked.run.id.slice(-8)}`;
  const close = () => setAsked(undefined);
  const dialogs = (
    <>
      <Confirm
        open={asked?.action === "cancel"}
        title="Cancel this run?"
        action="Cancel the run"
        onClose={close}
        onConfirm={confirmed}
      >
        What works now in {name} is ended, and nothing new starts. A cancelled run can only be
        repeated.
      </Confirm>
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
