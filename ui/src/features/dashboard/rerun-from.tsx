import { RotateCcw } from "lucide-react";
import { useState } from "react";

import type { Execution, Step } from "@/api/executions";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { rerunsWith } from "@/model/run-story";

import { useRunActions } from "./use-run-actions";

/** Named one by one; the others are counted. */
const NAMED = 5;

/** Repeats a stage, what depends on it and what did not end well, in a run of its own. */
export function RerunFrom({ run, step }: { run: Execution; step: Step }) {
  const actions = useRunActions(run);
  const [asking, setAsking] = useState(false);
  const steps = run.steps ?? [];
  const again = rerunsWith(steps, step.stage_id);
  const others = steps.filter(({ stage_id }) => again.has(stage_id) && stage_id !== step.stage_id);
  const kept = steps.length - again.size;
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
        <p>
          A new run starts in which{" "}
          {others.length === 0 ? "this stage works" : `${again.size} stages work`} anew
          {kept > 0 && "; the others keep what they have brought"}. This run stays as it is.
        </p>
        {others.length > 0 && (
          <p className="mt-2">
            Besides this one, what depends on it or did not end well:{" "}
            {others
              .slice(0, NAMED)
              .map(({ stage_name }) => stage_name)
              .join(", ")}
            {others.length > NAMED && ` and ${others.length - NAMED} more`}.
          </p>
        )}
      </Confirm>
    </>
  );
}
