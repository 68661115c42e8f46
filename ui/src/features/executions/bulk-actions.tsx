import { useState } from "react";

import type { Execution } from "@/api/executions";
import { messageOf } from "@/api/problem";
import { type Control, useControlRuns, useRerun } from "@/api/steering";
import { BulkBar } from "@/components/bulk-bar";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { ActionIcon } from "@/components/status";
import { toast } from "@/components/toast";
import type { Selection } from "@/components/use-selection";
import { actionsFor, isConfirmed, RUN_ACTIONS, type RunAction } from "@/model/run-actions";
import { shortId } from "@/model/short-id";

import { countWords } from "./filters";

/** How many the server takes at once. */
const BATCH = 50;

const OFFERED = Object.keys(RUN_ACTIONS) as RunAction[];

/** Runs of one workflow have one name; the end of an id tells them apart. */
const nameOf = ({ workflow_name, id }: Execution) => `${workflow_name} (${shortId(id)})`;

/** What can be done with the runs that are marked; offered where it fits at least one. */
export function BulkActions({
  selection,
  runs,
}: {
  selection: Selection;
  runs: readonly Execution[];
}) {
  const { mutateAsync, isPending } = useControlRuns();
  const { mutateAsync: rerun } = useRerun();
  const [repeating, setRepeating] = useState(false);
  const [asking, setAsking] = useState<"cancel" | "rerun" | null>(null);
  const marked = runs.filter(({ id }) => selection.has(id));
  const fitting = (action: RunAction) =>
    marked.filter(({ status }) => actionsFor(status).includes(action)).map(({ id }) => id);

  const act = async (control: Control) => {
    const ids = fitting(control);
    try {
      const outcomes = [];
      for (let at = 0; at < ids.length; at += BATCH) {
        const { results } = await mutateAsync({ ids: ids.slice(at, at + BATCH), control });
        outcomes.push(...results);
      }
      const failed = outcomes.filter(({ success }) => !success);
      const well = outcomes.length - failed.length;
      if (well > 0) toast.success(`${RUN_ACTIONS[control].done}: ${countWords(well)}`);
      if (failed[0]) toast.error(`Not done: ${failed.length}`, new Error(failed[0].error ?? ""));
      selection.clear();
    } catch (error) {
      toast.error("Nothing was done", error);
    }
  };
  const repeat = async () => {
    setRepeating(true);
    const refused: { run: Execution; error: unknown }[] = [];
    const wanted = fitting("rerun");
    for (const run of marked.filter(({ id }) => wanted.includes(id))) {
      try {
        await rerun({ id: run.id });
      } catch (error) {
        refused.push({ run, error });
      }
    }
    setRepeating(false);
    const started = wanted.length - refused.length;
    if (started > 0) toast.success(`${RUN_ACTIONS.rerun.done}: ${countWords(started)}`);
    if (refused.length > 0) {
      const detail = refused.map(({ run, error }) => `${nameOf(run)}: ${messageOf(error)}`);
      toast.error(`${RUN_ACTIONS.rerun.notDone}: ${refused.length}`, undefined, {
        detail: detail.join("; "),
      });
    }
    // They can be tried again, or looked at.
    selection.only(refused.map(({ run }) => run.id));
  };
  const again = fitting("rerun").length;
  return (
    <>
      <BulkBar selection={selection}>
        {OFFERED.map((action) => {
          const count = fitting(action).length;
          if (count === 0) return null;
          return (
            <Button
              key={action}
              variant={action === "cancel" ? "danger" : "ghost"}
              busy={action === "rerun" ? repeating : isPending}
              onClick={() => (isConfirmed(action) ? setAsking(action) : void act(action))}
            >
              <ActionIcon action={action} />
              {RUN_ACTIONS[action].label}
              {count < marked.length && ` ${count}`}
            </Button>
          );
        })}
      </BulkBar>
      <Confirm
        open={asking === "cancel"}
        title="Cancel these runs?"
        action="Cancel the runs"
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          void act("cancel");
        }}
      >
        What works in {fitting("cancel").length} of them is ended. Cancelled runs can only be
        repeated.
      </Confirm>
      <Confirm
        open={asking === "rerun"}
        title="Re-run these runs?"
        action="Re-run"
        keep="Not now"
        harmless
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          void repeat();
        }}
      >
        {again === 1 ? "A new run starts" : `${again} new runs start`}, from the beginning and with
        the same values.
      </Confirm>
    </>
  );
}
