import { Ban, Pause, Play, RotateCcw } from "lucide-react";
import { memo } from "react";

import type { Execution } from "@/api/executions";
import { IconButton } from "@/components/button";
import { actionsFor, type RunAction } from "@/model/status";

export type Act = (run: Execution, action: RunAction) => void;

const LOOKS = {
  pause: { label: "Pause", icon: Pause },
  resume: { label: "Resume", icon: Play },
  cancel: { label: "Cancel", icon: Ban },
  rerun: { label: "Re-run", icon: RotateCcw },
} as const;

/**
 * What can be done with one run, over the end of its row while it is pointed at or
 * has the focus. Fingers, which point at nothing, mark rows instead.
 */
export const RowActions = memo(function RowActions({ run, onAct }: { run: Execution; onAct: Act }) {
  return (
    <span className="absolute inset-y-px right-1.5 z-10 flex min-w-24 items-center justify-end rounded-md bg-inherit pl-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:hidden">
      {actionsFor(run.status).map((action) => {
        const { label, icon: Icon } = LOOKS[action];
        return (
          <IconButton
            key={action}
            label={`${label} the run ${run.id.slice(-8)}`}
            size="icon-sm"
            onClick={() => onAct(run, action)}
          >
            <Icon />
          </IconButton>
        );
      })}
    </span>
  );
});
