// A run: where it stands, its stages in three views with one selection, and the selected stage.

import { useMemo, useRef } from "react";

import type { Execution } from "@/api/executions";
import { useRunHistory } from "@/api/history";
import type { RunListener } from "@/api/live";
import type { Connection } from "@/api/stream";
import type { Lead } from "@/app/focus";
import { useTitle } from "@/components/page";
import { cx } from "@/components/cx";
import { showBelow } from "@/components/show-below";
import { itemOf } from "@/model/inbox";
import { inOrder } from "@/model/run-story";
import { isTerminal, isWaiting } from "@/model/status";

import { Announcements } from "./announcements";
import { DamageNotice } from "./damage-notice";
import { RunHeader } from "./run-header";
import { RunView } from "./run-view";
import { useStageEditor } from "./stage-edits";
import { leadToStage, StagePanel } from "./stage-panel";
import { TakeUp } from "./take-up";
import { useDashboardKeys } from "./use-dashboard-keys";
import { useRunSearch } from "./use-run-search";
import { useShownStage } from "./use-shown-stage";

export interface DashboardProps {
  run: Execution;
  connection: Connection;
  listen: (listener: RunListener) => () => void;
}

export function Dashboard({ run, connection, listen }: DashboardProps) {
  const history = useRunHistory(run.id, listen);
  const steps = useMemo(() => inOrder(run.steps ?? []), [run.steps]);
  const { search, change } = useRunSearch();
  const { shown, answered, next, letGo } = useShownStage(run, steps, search.stage);
  const { editor, edit } = useStageEditor(run);
  const leadRef = useRef<Lead>(null);
  const view = search.view;
  const beside = view !== "log" && view !== "about";
  const select = (stage: string) => change({ stage, line: undefined });
  // Whoever picks a stage wants to read it; keys only move the selection.
  const lead = (stage: string | undefined) => {
    if (stage === shown?.stage_id) leadToStage();
    else leadRef.current = "always";
  };
  const show = (stage: string) => {
    lead(stage);
    // It may ask once more since it was answered.
    if (stage === shown?.stage_id) letGo();
    select(stage);
    showBelow("stage");
  };
  const goOn = () => {
    lead(next?.stage_id);
    letGo();
    if (search.stage !== undefined) change({ stage: undefined, line: undefined });
  };
  const asks = next && itemOf(run, next) !== null;
  const hasNext = asks || next?.stage_id !== shown?.stage_id;
  useTitle(run.workflow_name);
  useDashboardKeys({ steps, shown, view, onSelect: select, onView: (v) => change({ view: v }) });

  return (
    <main
      id="main"
      aria-label={`Run of ${run.workflow_name}`}
      tabIndex={-1}
      className="flex flex-col outline-none lg:min-h-0 lg:flex-1"
    >
      <RunHeader
        run={run}
        connection={isTerminal(run.status) ? "ended" : connection}
        onStage={show}
      />
      <DamageNotice runId={run.id} error={history.error} />
      <TakeUp run={run} />
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <RunView
          run={run}
          steps={steps}
          history={history}
          listen={listen}
          selected={shown?.stage_id}
          onSelect={show}
        />
        {beside && shown && (
          <StagePanel
            key={shown.stage_id}
            run={run}
            step={shown}
            history={history}
            listen={listen}
            leadRef={leadRef}
            edit={edit}
            answered={answered}
            next={
              next && hasNext
                ? { label: asks ? `Next: ${next.stage_name}` : "Follow the run", go: goOn }
                : undefined
            }
            className={cx(
              "lg:w-[440px] xl:w-[520px] 2xl:w-[620px]",
              // Below a long table, nobody would find what is asked of them.
              (isWaiting(shown.status) || answered !== null) &&
                "max-lg:order-first max-lg:border-t-0 max-lg:border-b",
            )}
          />
        )}
      </div>
      {editor}
      <Announcements run={run} listen={listen} />
    </main>
  );
}
