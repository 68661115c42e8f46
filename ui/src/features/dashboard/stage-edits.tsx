// What somebody can do with the stages of a run while it goes on.

import { ListPlus, Pencil } from "lucide-react";
import { Suspense, useState } from "react";

import type { Execution, Step } from "@/api/executions";
import { part } from "@/app/parts";
import { Button, IconButton } from "@/components/button";
import type { StageEditType } from "@/model/stage-edit";

import { LeaveOut } from "./leave-out";

/** It brings the editor, which is large and seldom asked for. */
const StageEditor = part(() => import("./stage-editor"), "default");

/** Opens the editor for a stage. */
export type EditStage = (type: StageEditType, step: Step) => void;

/** The editor of stages; it stays open whatever becomes of the stage meanwhile. */
export function useStageEditor(run: Execution) {
  const [open, setOpen] = useState<{ type: StageEditType; step: Step } | null>(null);
  const edit: EditStage = (type, step) => setOpen({ type, step });
  const editor = open && (
    <Suspense>
      <StageEditor {...open} run={run} onClose={() => setOpen(null)} />
    </Suspense>
  );
  return { editor, edit };
}

/** For a stage that nothing was done for yet. */
export function NotStarted({ run, step, edit }: { run: Execution; step: Step; edit: EditStage }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Button onClick={() => edit("update", step)}>
        <Pencil aria-hidden="true" />
        Change…
      </Button>
      <LeaveOut run={run} step={step} />
    </span>
  );
}

/** For any stage of a run that goes on. */
export function InsertAfter({ step, edit }: { step: Step; edit: EditStage }) {
  return (
    <IconButton
      label="Insert a stage after this one"
      size="icon-sm"
      onClick={() => edit("insert", step)}
    >
      <ListPlus />
    </IconButton>
  );
}
