import { Ban, Ellipsis, Pause, Play, RotateCcw } from "lucide-react";
import { useState } from "react";

import type { Execution } from "@/api/executions";
import { useHotkeys } from "@/app/hotkeys";
import { Button, IconButton } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { CopyAs, CopyItems } from "@/components/copy";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { actionsFor, type RunAction } from "@/model/status";
import { runEquivalents } from "@/model/run-equivalents";

import { RerunAll } from "./rerun-all";
import { useRunActions } from "./use-run-actions";

const LOOKS = {
  pause: { label: "Pause", icon: Pause },
  resume: { label: "Resume", icon: Play },
  cancel: { label: "Cancel", icon: Ban },
  rerun: { label: "Re-run", icon: RotateCcw },
} as const;

/** What can be done with the run where it stands. */
export function RunControls({ run }: { run: Execution }) {
  const actions = useRunActions(run);
  const [asking, setAsking] = useState<"cancel" | "rerun" | null>(null);
  const offered = actionsFor(run.status);
  const act = (action: RunAction) => {
    if (action === "cancel" || action === "rerun") setAsking(action);
    else actions.control(action);
  };
  const first = offered.find((action) => action === "pause" || action === "resume");
  useHotkeys("Run", [
    ...(first
      ? [{ keys: "p", does: first === "pause" ? "Pause" : "Resume", run: () => act(first) }]
      : []),
    ...(offered.includes("cancel")
      ? [{ keys: "shift+c", does: "Cancel the run", run: () => act("cancel") }]
      : []),
    ...(offered.includes("rerun")
      ? [{ keys: "shift+r", does: "Re-run", run: () => act("rerun") }]
      : []),
  ]);
  return (
    <>
      <div className="flex items-center gap-2 max-sm:hidden">
        <CopyAs make={() => runEquivalents(location.origin, run)} />
        {offered.map((action) => {
          const { label, icon: Icon } = LOOKS[action];
          return (
            <Button
              key={action}
              variant={action === "resume" || action === "rerun" ? "primary" : "secondary"}
              busy={actions.busy}
              onClick={() => act(action)}
            >
              <Icon aria-hidden="true" />
              {label}
            </Button>
          );
        })}
      </div>
      <div className="sm:hidden">
        <Menu
          label="What to do with the run"
          trigger={
            <IconButton label="What to do with the run" variant="secondary">
              <Ellipsis />
            </IconButton>
          }
        >
          {offered.map((action) => {
            const { label, icon: Icon } = LOOKS[action];
            return (
              <MenuItem key={action} icon={<Icon />} onSelect={() => act(action)}>
                {label}
              </MenuItem>
            );
          })}
          {offered.length > 0 && <MenuLine />}
          <CopyItems make={() => runEquivalents(location.origin, run)} />
        </Menu>
      </div>
      <Confirm
        open={asking === "cancel"}
        title="Cancel this run?"
        action="Cancel the run"
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          actions.control("cancel");
        }}
      >
        What works now is ended, and nothing new starts. A cancelled run can only be repeated.
      </Confirm>
      <RerunAll
        run={run}
        actions={actions}
        open={asking === "rerun"}
        onClose={() => setAsking(null)}
      />
    </>
  );
}
