import { memo } from "react";

import type { Execution } from "@/api/executions";
import { useSettledPress } from "@/app/settled-press";
import { IconButton } from "@/components/button";
import { ActionIcon } from "@/components/status";
import {
  actionsFor,
  bySlot,
  isConfirmed,
  RUN_ACTIONS,
  type RunAction,
  slotOf,
} from "@/model/run-actions";
import { shortId } from "@/model/short-id";

export type Act = (run: Execution, action: RunAction) => void;

/**
 * What can be done with one run, over the end of its row while it is pointed at or
 * has the focus. Fingers, which point at nothing, mark rows instead.
 */
export const RowActions = memo(function RowActions({ run, onAct }: { run: Execution; onAct: Act }) {
  const offered = actionsFor(run.status);
  const press = useSettledPress(bySlot(offered));
  return (
    <span className="absolute inset-y-px right-1 z-10 flex min-w-20 items-center justify-end rounded-md bg-inherit pl-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:hidden">
      {offered.map((action) => (
        <IconButton
          // Whoever has the focus keeps it, where one action takes the place of another.
          key={slotOf(action)}
          label={`${RUN_ACTIONS[action].label} the run ${shortId(run.id)}`}
          size="icon-sm"
          onClick={() =>
            press(slotOf(action), () => onAct(run, action), isConfirmed(action) ? "again" : "once")
          }
        >
          <ActionIcon action={action} />
        </IconButton>
      ))}
    </span>
  );
});
