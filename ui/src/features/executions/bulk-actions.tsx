import { Ban, Pause, Play } from "lucide-react";
import { useState } from "react";

import type { Execution } from "@/api/executions";
import { type Control, useControlRuns } from "@/api/steering";
import { BulkBar } from "@/components/bulk-bar";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { toast } from "@/components/toast";
import type { Selection } from "@/components/use-selection";
import { actionsFor } from "@/model/status";

/** How many the server takes at once. */
const BATCH = 50;

const LOOKS = [
  { control: "pause", label: "Pause", done: "Paused", icon: Pause },
  { control: "resume", label: "Resume", done: "Resumed", icon: Play },
  { control: "cancel", label: "Cancel", done: "Cancelled", icon: Ban },
] as const;

/** What can be done with the runs that are marked; offered where it fits at least one. */
export function BulkActions({
  selection,
  runs,
}: {
  selection: Selection;
  runs: readonly Execution[];
}) {
  const { mutateAsync, isPending } = useControlRuns();
  const [asking, setAsking] = useState(false);
  const marked = runs.filter(({ id }) => selection.has(id));
  const fitting = (control: Control) =>
    marked.filter(({ status }) => actionsFor(status).includes(control)).map(({ id }) => id);

  const act = async (control: Control, done: string) => {
    const ids = fitting(control);
    try {
      const outcomes = [];
      for (let at = 0; at < ids.length; at += BATCH) {
        const { results } = await mutateAsync({ ids: ids.slice(at, at + BATCH), control });
        outcomes.push(...results);
      }
      const failed = outcomes.filter(({ success }) => !success);
      const well = outcomes.length - failed.length;
      if (well > 0) toast.success(`${done}: ${well} ${well === 1 ? "run" : "runs"}`);
      if (failed[0]) toast.error(`Not done: ${failed.length}`, new Error(failed[0].error ?? ""));
      selection.clear();
    } catch (error) {
      toast.error("Nothing was done", error);
    }
  };
  return (
    <>
      <BulkBar selection={selection}>
        {LOOKS.map(({ control, label, done, icon: Icon }) => {
          const count = fitting(control).length;
          if (count === 0) return null;
          return (
            <Button
              key={control}
              variant={control === "cancel" ? "danger" : "ghost"}
              busy={isPending}
              onClick={() => (control === "cancel" ? setAsking(true) : void act(control, done))}
            >
              <Icon aria-hidden="true" />
              {label}
              {count < marked.length && ` ${count}`}
            </Button>
          );
        })}
      </BulkBar>
      <Confirm
        open={asking}
        title="Cancel these runs?"
        action="Cancel the runs"
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void act("cancel", "Cancelled");
        }}
      >
        What works in {fitting("cancel").length} of them is ended. Cancelled runs can only be
        repeated.
      </Confirm>
    </>
  );
}
