import { Link2 } from "lucide-react";
import type { ReactNode } from "react";

import type { Execution, Step } from "@/api/executions";
import type { RunHistory } from "@/api/history";
import type { RunListener } from "@/api/live";
import { useHotkeys } from "@/app/hotkeys";
import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import { DataView } from "@/components/data-view";
import { StatusBadge } from "@/components/status";
import { type TabItem, Tabs } from "@/components/tabs";
import { Elapsed } from "@/components/time";
import { toast } from "@/components/toast";
import { StageLog } from "@/features/log/stage-log";
import { SendBack } from "@/features/waiting/send-back";
import { fields } from "@/model/definition";
import { attemptsOf } from "@/model/run-history";
import { isTerminal } from "@/model/status";

import { AttemptsTab } from "./attempts-tab";
import { ContextTab, hasContext } from "./context-tab";
import { EventsTab } from "./events-tab";
import { LeaveOut } from "./leave-out";
import { RerunFrom } from "./rerun-from";
import { SummaryTab } from "./summary-tab";
import { useRunSearch } from "./use-run-search";

export interface PanelProps {
  run: Execution;
  step: Step;
  history: RunHistory;
  listen: (listener: RunListener) => () => void;
}

/** All about one stage of a run. */
export function StagePanel({ className, ...props }: PanelProps & { className?: string }) {
  const { run, step } = props;
  const { search, change } = useRunSearch();
  const tabs = useTabs(props);
  const tab = tabs.find(({ id }) => id === search.tab)?.id ?? tabs[0]?.id ?? "summary";
  useHotkeys("Run", [
    { keys: "s", does: "To the stage", run: () => document.getElementById("stage")?.focus() },
  ]);
  return (
    <aside
      id="stage"
      tabIndex={-1}
      aria-label={`Stage ${step.stage_name}`}
      className={cx(
        "flex shrink-0 flex-col bg-surface outline-none max-lg:border-t max-lg:border-line lg:min-h-0 lg:border-l lg:border-line",
        className,
      )}
    >
      <header className="flex flex-col gap-2 px-4 pt-4 pb-2 sm:px-6 lg:px-5">
        <div className="flex items-start gap-2">
          <h2 className="min-w-0 flex-1 text-lg leading-snug font-semibold [overflow-wrap:anywhere]">
            {step.stage_name}
          </h2>
          <CopyLink stage={step.stage_id} />
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-xs text-ink-3">
          <StatusBadge status={step.status} />
          {step.reused && <span>from the run before</span>}
          {step.started_at !== null && <Elapsed from={step.started_at} to={step.completed_at} />}
          <span className="truncate">{step.agent ?? "gate"}</span>
          <span className="flex-1" />
          <StageActions run={run} step={step} />
        </div>
      </header>
      <div className="flex min-h-0 flex-1 flex-col px-4 pb-4 sm:px-6 lg:px-5">
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

function StageActions({ run, step }: { run: Execution; step: Step }) {
  if (!isTerminal(run.status)) {
    if (step.status === "pending" && step.dispatch === 0) return <LeaveOut run={run} step={step} />;
    // A gate has its way back beside its decision.
    return step.status === "waiting_for_approval" ? null : <SendBack run={run} step={step} own />;
  }
  return <RerunFrom run={run} step={step} />;
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

function useTabs(props: PanelProps): TabItem<string>[] {
  const { run, step, history, listen } = props;
  const { search, change } = useRunSearch();
  const attempts = attemptsOf(history.history.get(step.stage_id) ?? []);
  const inputs = fields(step.inputs).length;
  const outputs = fields(step.outputs).length;
  const scrolled = (content: ReactNode) => (
    <div className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1 pb-4">{content}</div>
  );
  const log: TabItem<string> = {
    id: "log",
    label: "Log",
    content: () => (
      <div className="flex min-h-80 flex-1 flex-col max-lg:h-[60vh]">
        <StageLog
          runId={run.id}
          step={step}
          attempts={attempts}
          listen={listen}
          line={search.line === undefined ? undefined : Number(search.line)}
          onLine={(seq) => change({ line: seq?.toString() })}
        />
      </div>
    ),
  };
  return [
    { id: "summary", label: "Summary", content: () => scrolled(<SummaryTab {...props} />) },
    ...(step.stage_type === "agent" ? [log] : []),
    ...(inputs > 0
      ? [valuesTab("inputs", "Inputs", inputs, scrolled(<DataView values={step.inputs} />))]
      : []),
    ...(outputs > 0
      ? [valuesTab("outputs", "Outputs", outputs, scrolled(<DataView values={step.outputs} />))]
      : []),
    ...(hasContext(props)
      ? [{ id: "context", label: "Context", content: () => scrolled(<ContextTab {...props} />) }]
      : []),
    ...(attempts.length > 0
      ? [
          {
            id: "attempts",
            label: "Attempts",
            count: attempts.length,
            content: () => scrolled(<AttemptsTab attempts={attempts} />),
          },
        ]
      : []),
    { id: "events", label: "Events", content: () => scrolled(<EventsTab {...props} />) },
  ];
}

function valuesTab(id: string, label: string, count: number, content: ReactNode) {
  return { id, label, count, content: () => content };
}
