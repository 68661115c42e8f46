import { Link2 } from "lucide-react";
import { type RefObject, useRef } from "react";

import type { Execution, Step } from "@/api/executions";
import type { RunHistory } from "@/api/history";
import type { InboxItem } from "@/api/inbox";
import type { RunListener } from "@/api/live";
import { type Lead, useHandedFocus } from "@/app/focus";
import { useHotkeys } from "@/app/hotkeys";
import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import { StatusBadge } from "@/components/status";
import { Tabs } from "@/components/tabs";
import { Elapsed } from "@/components/time";
import { toast } from "@/components/toast";
import { SendBack } from "@/features/waiting/send-back";
import type { Next } from "@/features/waiting/settled";
import { Words } from "@/features/waiting/words";
import { plainWords } from "@/model/ansi";
import { isTerminal } from "@/model/status";

import { RerunFrom } from "./rerun-from";
import { type EditStage, InsertAfter, NotStarted } from "./stage-edits";
import { useRunSearch } from "./use-run-search";
import { useStageTabs } from "./use-stage-tabs";

export interface PanelProps {
  run: Execution;
  step: Step;
  history: RunHistory;
  listen: (listener: RunListener) => () => void;
  /** What was asked here while somebody looked, and is not asked any more. */
  answered?: InboxItem | null;
  /** Where they go on then. */
  next?: Next | undefined;
}

const NAME = "stage-name";

/** To the stage that is shown, as its panel does by itself for another one. */
export function leadToStage(): void {
  document.getElementById(NAME)?.focus({ preventScroll: true });
}

/** All about one stage of a run. */
export function StagePanel({
  className,
  leadRef,
  edit,
  ...props
}: PanelProps & {
  className?: string;
  edit: EditStage;
  /** Whether the next stage that is shown has the focus. */
  leadRef: RefObject<Lead>;
}) {
  const { run, step } = props;
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useHandedFocus(panel, heading, leadRef);
  const { search, change } = useRunSearch();
  const tabs = useStageTabs(props);
  const tab = tabs.find(({ id }) => id === search.tab)?.id ?? tabs[0]?.id ?? "summary";
  useHotkeys("Run", [
    { keys: "s", does: "To the stage", run: () => document.getElementById("stage")?.focus() },
  ]);
  return (
    <aside
      ref={panel}
      id="stage"
      tabIndex={-1}
      aria-label={`Stage ${plainWords(step.stage_name)}`}
      className={cx(
        "flex shrink-0 flex-col bg-surface outline-none max-lg:border-t max-lg:border-line lg:min-h-0 lg:border-l lg:border-line",
        className,
      )}
    >
      <header className="flex flex-col gap-2 px-4 pt-4 pb-2 sm:px-6 lg:pr-8 lg:pl-5">
        <div className="flex items-start gap-2">
          <h2
            ref={heading}
            id={NAME}
            tabIndex={-1}
            className="min-w-0 flex-1 rounded-sm text-lg leading-7 font-semibold [overflow-wrap:anywhere]"
          >
            <Words text={step.stage_name} />
          </h2>
          {!isTerminal(run.status) && <InsertAfter step={step} edit={edit} />}
          <CopyLink stage={step.stage_id} />
        </div>
        <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2 text-xs text-ink-3 pointer-coarse:min-h-11">
          <StatusBadge status={step.status} />
          {step.reused && <span>from the run before</span>}
          {step.started_at !== null && <Elapsed from={step.started_at} to={step.completed_at} />}
          <span className="truncate">{step.agent ?? "gate"}</span>
          <span className="flex-1" />
          <StageActions run={run} step={step} edit={edit} />
        </div>
      </header>
      <div className="flex min-h-0 flex-1 flex-col px-4 sm:px-6 lg:pr-8 lg:pl-5">
        <Tabs
          label="About the stage"
          items={tabs}
          value={tab}
          onChange={(id) => change({ tab: id, line: undefined })}
        />
      </div>
    </aside>
  );
}

function StageActions({ run, step, edit }: { run: Execution; step: Step; edit: EditStage }) {
  if (!isTerminal(run.status)) {
    if (isNotStarted(step)) return <NotStarted run={run} step={step} edit={edit} />;
    // A gate has its way back beside its decision.
    return step.status === "waiting_for_approval" ? null : <SendBack run={run} step={step} own />;
  }
  return <RerunFrom run={run} step={step} />;
}

function isNotStarted({ status, dispatch }: Step): boolean {
  return status === "pending" && dispatch === 0;
}

function CopyLink({ stage }: { stage: string }) {
  const copy = async () => {
    const url = new URL(location.href);
    url.searchParams.set("stage", stage);
    try {
      await navigator.clipboard.writeText(url.href);
      toast.success("Link copied");
    } catch (error) {
      toast.error("The browser does not let this page copy", error);
    }
  };
  return (
    <IconButton label="Copy a link to this stage" size="icon-sm" onClick={() => void copy()}>
      <Link2 />
    </IconButton>
  );
}
