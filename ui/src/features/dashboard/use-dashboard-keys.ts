import type { Step } from "@/api/executions";
import { useHotkeys } from "@/app/hotkeys";
import { RUN_VIEWS } from "@/routes/run";

import type { RunViewName } from "./use-run-search";

/** Moves among the stages and the views; both ends are where it stops. */
export function useDashboardKeys({
  steps,
  shown,
  view,
  onSelect,
  onView,
}: {
  steps: readonly Step[];
  shown: Step | undefined;
  view: RunViewName;
  onSelect: (stage: string) => void;
  onView: (view: RunViewName) => void;
}): void {
  const move = (by: number) => {
    const here = steps.findIndex(({ stage_id }) => stage_id === shown?.stage_id);
    const next = steps[Math.max(0, Math.min(steps.length - 1, here + by))];
    if (next) onSelect(next.stage_id);
  };
  const turn = () => {
    const next = RUN_VIEWS[(RUN_VIEWS.indexOf(view) + 1) % RUN_VIEWS.length];
    if (next) onView(next);
  };
  useHotkeys("Run", [
    { keys: "j", does: "Next stage", run: () => move(1) },
    { keys: "k", does: "Previous stage", run: () => move(-1) },
    { keys: "v", does: "Next view", run: turn },
  ]);
}
