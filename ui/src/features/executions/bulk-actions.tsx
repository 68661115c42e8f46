import { Ban, Pause, Play, RotateCcw } from "lucide-react";
import { useRef, useState } from "react";

import type { Execution } from "@/api/executions";
import { messageOf } from "@/api/problem";
import { type Control, useControlRuns, useRerun } from "@/api/steering";
import { BulkBar } from "@/components/bulk-bar";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { toast } from "@/components/toast";
import type { Selection } from "@/components/use-selection";
import { freshKey } from "@/model/fresh-key";
import { actionsFor, type RunAction } from "@/model/status";

/** How many the server takes at once. */
const BATCH = 50;

const LOOKS = [
  { control: "pause", label: "Pause", done: "Paused", icon: Pause },
  { control: "resume", label: "Resume", done: "Resumed", icon: Play },
  { control: "cancel", label: "Cancel", done: "Cancelled", icon: Ban },
] as const;

/** Runs of one workflow have one name; the end of an id tells them apart. */
const nameOf = ({ workflow_name, id }: Execution) => `${workflow_name} (${id.slice(-8)})`;

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
  // The same attempt, repeated after a lost answer, starts nothing twice.
  const keys = useRef(new Map<string, string>());
  const [repeating, setRepeating] = useState(false);
  const [asking, setAsking] = useState<"cancel" | "rerun" | null>(null);
  const marked = runs.filter(({ id }) => selection.has(id));
  const fitting = (action: RunAction) =>
    marked.filter(({ status }) => actionsFor(status).includes(action)).map(({ id }) => id);

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
  const repeat = async () => {
    setRepeating(true);
    const refused: { run: Execution; error: unknown }[] = [];
    const wanted = fitting("rerun");
    for (const run of marked.filter(({ id }) => wanted.includes(id))) {
      const key = keys.current.get(run.id) ?? freshKey();
      keys.current.set(run.id, key);
      try {
        await rerun({ id: run.id, key });
        keys.current.delete(run.id);
      } catch (error) {
        refused.push({ run, error });
      }
    }
    setRepeating(false);
    const started = wanted.length - refused.length;
    if (started > 0) toast.success(`Started again: ${started} ${started === 1 ? "run" : "runs"}`);
    if (refused.length > 0) {
      const detail = refused.map(({ run, error }) => `${nameOf(run)}: ${messageOf(error)}`);
      toast.error(`Not started again: ${refused.length}`, undefined, {
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
        {LOOKS.map(({ control, label, done, icon: Icon }) => {
          const count = fitting(control).length;
          if (count === 0) return null;
          return (
            <Button
              key={control}
              variant={control === "cancel" ? "danger" : "ghost"}
              busy={isPending}
              onClick={() => (control === "cancel" ? setAsking("cancel") : void act(control, done))}
            >
              <Icon aria-hidden="true" />
              {label}
              {count < marked.length && ` ${count}`}
            </Button>
          );
        })}
        {again > 0 && (
          <Button variant="ghost" busy={repeating} onClick={() => setAsking("rerun")}>
            <RotateCcw aria-hidden="true" />
            Re-run
            {again < marked.length && ` ${again}`}
          </Button>
        )}
      </BulkBar>
      <Confirm
        open={asking === "cancel"}
        title="Cancel these runs?"
        action="Cancel the runs"
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          void act("cancel", "Cancelled");
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
