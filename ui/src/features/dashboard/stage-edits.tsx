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

function useEditor(run: Execution, step: Step, type: StageEditType) {
  const [open, setOpen] = useState(false);
  const editor = open && (
    <Suspense>
      <StageEditor type={type} run={run} step={step} onClose={() => setOpen(false)} />
    </Suspense>
  );
  return { editor, ask: () => setOpen(true) };
}

/** For a stage that nothing was done for yet. */
export function NotStarted({ run, step }: { run: Execution; step: Step }) {
  const { editor, ask } = useEditor(run, step, "update");
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Button onClick={ask}>
        <Pencil aria-hidden="true" />
        Change…
      </Button>
      <LeaveOut run={run} step={step} />
      {editor}
    </span>
  );
}

/** For any stage of a run that goes on. */
export function InsertAfter({ run, step }: { run: Execution; step: Step }) {
  const { editor, ask } = useEditor(run, step, "insert");
  return (
    <>
      <IconButton label="Insert a stage after this one" size="icon-sm" onClick={ask}>
        <ListPlus />
      </IconButton>
      {editor}
    </>
  );
}
