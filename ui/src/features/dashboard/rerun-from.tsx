import { RotateCcw } from "lucide-react";
import { useState } from "react";

import type { Execution, Step } from "@/api/executions";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { dependentsOf } from "@/model/run-story";

import { useRunActions } from "./use-run-actions";

/** Repeats a stage and what depends on it, in a run of its own. */
export function RerunFrom({ run, step }: { run: Execution; step: Step }) {
  const actions = useRunActions(run);
  const [asking, setAsking] = useState(false);
  const again = dependentsOf(run.steps ?? [], step.stage_id).size;
  return (
    <>
      <Button busy={actions.busy} onClick={() => setAsking(true)}>
        <RotateCcw aria-hidden="true" />
        Re-run from here
      </Button>
      <Confirm
        open={asking}
        title={`Re-run from “${step.stage_name}”?`}
        action="Re-run"
        keep="Not now"
        harmless
        busy={actions.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          actions.rerun(step.stage_id);
        }}
      >
        A new run starts in which {again === 1 ? "this stage works" : `${again} stages work`} anew;
        the others keep what they have brought. This run stays as it is.
      </Confirm>
    </>
  );
}
