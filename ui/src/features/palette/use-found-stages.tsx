import { useQuery } from "@tanstack/react-query";
import { useMatches, useNavigate } from "@tanstack/react-router";
import { Bot, UserRound } from "lucide-react";
import type { ReactNode } from "react";

import { buildExecutionQuery } from "@/api/executions";
import { buildWorkflowQuery } from "@/api/workflows";
import { compact } from "@/app/search-params";
import { showBelow } from "@/components/show-below";
import { StatusIcon } from "@/components/status";
import { byNameRank } from "@/model/name-rank";
import { STATUSES } from "@/model/status";

import { fits } from "./fits";

const SHOWN = 6;

export interface FoundStage {
  id: string;
  name: string;
  icon: ReactNode;
  /** Where it stands, or what it is called in the definition. */
  detail: string;
  open: () => void;
}

/** Stages of the run or the workflow whose page is open. They are there with the page, so nobody is asked. */
export function useFoundStages(search: string): FoundStage[] {
  const { runId, workflowId } = useMatches({
    select: (matches): { runId?: string; workflowId?: string } => matches.at(-1)?.params ?? {},
  });
  const ofRun = useStagesOfRun(runId);
  const ofWorkflow = useStagesOfWorkflow(workflowId);
  if (search === "") return [];
  const stages = runId === undefined ? ofWorkflow : ofRun;
  const found = stages.filter(({ id, name }) => fits(`${name} ${id}`, search));
  return byNameRank(found, search, ({ name }) => name).slice(0, SHOWN);
}

function useStagesOfRun(runId: string | undefined): FoundStage[] {
  const navigate = useNavigate();
  const { data: run } = useQuery({ ...buildExecutionQuery(runId ?? ""), enabled: false });
  const open = (stage: string) => {
    void navigate({
      to: "/workflows/executions/$runId",
      params: { runId: runId ?? "" },
      // Beside a log and what there is to know of the run, no stage is shown.
      search: ({ view }) =>
        compact({ stage, view: view === "timeline" || view === "table" ? view : undefined }),
    });
    showBelow("stage");
  };
  return (run?.steps ?? []).map(({ stage_id: id, stage_name: name, status }) => ({
    id,
    name,
    icon: <StatusIcon status={status} className="size-4" />,
    detail: STATUSES[status].label,
    open: () => open(id),
  }));
}

function useStagesOfWorkflow(workflowId: string | undefined): FoundStage[] {
  const navigate = useNavigate();
  const { data: workflow } = useQuery({ ...buildWorkflowQuery(workflowId ?? ""), enabled: false });
  const open = (stage: string) =>
    void navigate({
      to: "/workflows/$workflowId",
      params: { workflowId: workflowId ?? "" },
      search: ({ view }) =>
        compact({ stage, view: view === "graph" || view === "list" ? view : undefined }),
    });
  return (workflow?.stages ?? []).map(({ id, name, stage_type }) => {
    const Icon = stage_type === "gate" ? UserRound : Bot;
    return {
      id,
      name,
      icon: <Icon aria-hidden="true" className="size-4 text-ink-3" />,
      detail: id,
      open: () => open(id),
    };
  });
}
