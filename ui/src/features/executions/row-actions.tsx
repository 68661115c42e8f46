import { memo } from "react";

import type { Execution } from "@/api/executions";
import { IconButton } from "@/components/button";
import { ActionIcon } from "@/components/status";
import { actionsFor, RUN_ACTIONS, type RunAction } from "@/model/run-actions";
import { shortId } from "@/model/short-id";

export type Act = (run: Execution, action: RunAction) => void;

/**
 * What can be done with one run, over the end of its row while it is pointed at or
 * has the focus. Fingers, which point at nothing, mark rows instead.
 */
export const RowActions = memo(function RowActions({ run, onAct }: { run: Execution; onAct: Act }) {
  return (
    <span className="absolute inset-y-px right-1.5 z-10 flex min-w-24 items-center justify-end rounded-md bg-inherit pl-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:hidden">
      {actionsFor(run.status).map((action) => (
        <IconButton
          key={action}
          label={`${RUN_ACTIONS[action].label} the run ${shortId(run.id)}`}
          size="icon-sm"
          onClick={() => onAct(run, action)}
        >
          <ActionIcon action={action} />
        </IconButton>
      ))}
    </span>
  );
});
