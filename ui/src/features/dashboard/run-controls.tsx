import { Ellipsis } from "lucide-react";
import { useState } from "react";

import type { Execution } from "@/api/executions";
import { useHotkeys } from "@/app/hotkeys";
import { useSettledPress } from "@/app/settled-press";
import { Button, IconButton } from "@/components/button";
import { CopyAs, CopyItems } from "@/components/copy";
import { cx } from "@/components/cx";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { ActionIcon } from "@/components/status";
import { CancelRun } from "@/features/executions/cancel-run";
import {
  actionsFor,
  bySlot,
  isConfirmed,
  RUN_ACTIONS,
  type RunAction,
  slotOf,
} from "@/model/run-actions";
import { runEquivalents } from "@/model/run-equivalents";

import { RerunAll } from "./rerun-all";
import { useRunActions } from "./use-run-actions";

/** What can be done with the run where it stands. */
export function RunControls({ run }: { run: Execution }) {
  const actions = useRunActions(run);
  const [asking, setAsking] = useState<"cancel" | "rerun" | null>(null);
  const offered = actionsFor(run.status);
  const press = useSettledPress(bySlot(offered));
  const act = (action: RunAction) =>
    press(
      slotOf(action),
      () => {
        if (isConfirmed(action)) setAsking(action);
        else if (!actions.busy) actions.control(action);
      },
      isConfirmed(action) ? "again" : "once",
    );
  const first = offered.find((action) => action === "pause" || action === "resume");
  useHotkeys("Run", [
    ...(first ? [{ keys: "p", does: RUN_ACTIONS[first].label, run: () => act(first) }] : []),
    ...(offered.includes("cancel")
      ? [{ keys: "shift+c", does: "Cancel the run", run: () => act("cancel") }]
      : []),
    ...(offered.includes("rerun")
      ? [{ keys: "shift+r", does: RUN_ACTIONS.rerun.label, run: () => act("rerun") }]
      : []),
  ]);
  return (
    <>
      <div className="flex items-center gap-2 max-sm:hidden">
        <CopyAs make={() => runEquivalents(location.origin, run)} />
        {offered.map((action) => (
          <Button
            // Whoever has the focus keeps it: where one action takes the place of another,
            // and while it is busy, which takes the focus from what is disabled.
            key={slotOf(action)}
            variant={action === "resume" || action === "rerun" ? "primary" : "secondary"}
            aria-disabled={actions.busy || undefined}
            aria-busy={actions.busy || undefined}
            className={cx(actions.busy && "animate-pulse")}
            onClick={() => act(action)}
          >
            <ActionIcon action={action} />
            {RUN_ACTIONS[action].label}
          </Button>
        ))}
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
          {offered.map((action) => (
            <MenuItem
              key={action}
              icon={<ActionIcon action={action} />}
              onSelect={() => act(action)}
            >
              {RUN_ACTIONS[action].label}
            </MenuItem>
          ))}
          {offered.length > 0 && <MenuLine />}
          <CopyItems make={() => runEquivalents(location.origin, run)} />
        </Menu>
      </div>
      <CancelRun
        open={asking === "cancel"}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          actions.control("cancel");
        }}
      />
      <RerunAll
        run={run}
        actions={actions}
        open={asking === "rerun"}
        onClose={() => setAsking(null)}
      />
    </>
  );
}
