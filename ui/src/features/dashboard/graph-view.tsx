import { useMemo } from "react";

import type { Step } from "@/api/executions";
import { StageGraph } from "@/features/graph/stage-graph";
import type { GraphStage } from "@/features/graph/stage-node";
import { STATUSES } from "@/model/status";
import { duration } from "@/model/time";

import type { ViewProps } from "./run-view";

/** The stages as a graph, each with where it stands. */
export default function GraphView({ steps, history, selected, onSelect }: ViewProps) {
  const { plan } = history;
  const stages = useMemo(
    () =>
      steps.map((step): GraphStage => ({
        id: step.stage_id,
        name: step.stage_name,
        kind: step.stage_type === "gate" ? "gate" : "agent",
        subtitle: subtitleOf(step),
        dependsOn: step.depends_on,
        condition: plan.get(step.stage_id)?.condition !== undefined,
        status: step.status,
        ...asideOf(step),
      })),
    [steps, plan],
  );
  return (
    <StageGraph
      label="Stages of the run"
      stages={stages}
      selected={selected}
      onSelect={onSelect}
      className="min-h-80 flex-1"
    />
  );
}

function subtitleOf(step: Step): string {
  if (step.reused) return "reused";
  if (step.status !== "completed" && step.status !== "pending") return STATUSES[step.status].label;
  return step.agent?.replace(/^agent:/, "") ?? "gate";
}

function asideOf(step: Step): { aside?: string } {
  const tries = step.attempt > 1 ? `×${step.attempt}` : "";
  const took = step.duration_seconds === null ? "" : duration(step.duration_seconds);
  const aside = [tries, took].filter((word) => word !== "").join(" · ");
  return aside === "" ? {} : { aside };
}
