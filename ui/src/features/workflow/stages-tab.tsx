import { List, PencilLine, Waypoints } from "lucide-react";
import { Suspense, useMemo } from "react";

import type { Stage, Workflow } from "@/api/workflows";
import { useHotkeys } from "@/app/hotkeys";
import { part } from "@/app/parts";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { Segmented } from "@/components/segmented";
import { EmptyState, Skeleton } from "@/components/states";
import type { GraphStage } from "@/features/graph/stage-node";
import { textAt } from "@/model/definition";

import { StageList } from "./stage-list";
import { StagePanel } from "./stage-panel";

const StageGraph = part(() => import("@/features/graph/stage-graph"), "StageGraph");

function forGraph(stage: Stage): GraphStage {
  return {
    id: stage.id,
    name: stage.name,
    kind: stage.stage_type,
    subtitle:
      stage.stage_type === "gate"
        ? "a person decides"
        : (textAt(stage.roles, "primary", "artifact") ?? stage.id),
    dependsOn: stage.depends_on,
    condition: stage.condition !== null,
  };
}

export function StagesTab({
  workflow,
  view,
  stage: selected,
  onView,
  onStage,
  onEdit,
}: {
  workflow: Workflow;
  view: "graph" | "list";
  stage: string | undefined;
  onView: (view: "graph" | "list") => void;
  onStage: (id: string | undefined) => void;
  onEdit: () => void;
}) {
  const stages = useMemo(() => workflow.stages ?? [], [workflow.stages]);
  const drawn = useMemo(() => stages.map(forGraph), [stages]);
  const stage = stages.find(({ id }) => id === selected);
  const move = (step: number) => {
    const here = stages.findIndex(({ id }) => id === selected);
    onStage(stages[Math.max(0, Math.min(stages.length - 1, here + step))]?.id);
  };
  useHotkeys("Stages", [
    { keys: "j", does: "Next stage", run: () => move(1) },
    { keys: "k", does: "Previous stage", run: () => move(-1) },
    { keys: "v", does: "Graph or list", run: () => onView(view === "graph" ? "list" : "graph") },
    { keys: "escape", does: "Close the stage", run: () => onStage(undefined), off: !stage },
  ]);
  if (stages.length === 0) {
    return (
      <EmptyState
        icon={<Waypoints />}
        title="No stages to show"
        actions={<Button onClick={onEdit}>Open the YAML</Button>}
      >
        The definition cannot be read as it is.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-3 flex items-center justify-between gap-2">
        <Segmented
          label="View"
          words
          value={view}
          onChange={onView}
          choices={[
            { value: "graph", label: "Graph", icon: <Waypoints aria-hidden="true" /> },
            { value: "list", label: "List", icon: <List aria-hidden="true" /> },
          ]}
        />
        {/* Its words end where the graph does. */}
        <Button variant="ghost" className="-mr-3" onClick={onEdit}>
          <PencilLine aria-hidden="true" />
          Edit YAML
        </Button>
      </div>
      <div
        className={cx(
          "grid flex-1 grid-cols-1 gap-4",
          stage && "lg:grid-cols-[minmax(0,1fr)_400px]",
        )}
      >
        {view === "graph" ? (
          <Suspense fallback={<Skeleton className="h-[56vh] rounded-lg opacity-50" />}>
            <StageGraph
              label={`Stages of ${workflow.name}`}
              stages={drawn}
              selected={selected}
              onSelect={onStage}
              className="h-[max(420px,calc(100vh-320px))] max-lg:h-[44vh]"
            />
          </Suspense>
        ) : (
          <StageList stages={stages} selected={selected} onSelect={onStage} />
        )}
        {stage && (
          <StagePanel
            stage={stage}
            stages={stages}
            roles={workflow.resolved_roles ?? []}
            onStage={onStage}
          />
        )}
      </div>
    </>
  );
}
