import { GanttChart, Info, ScrollText, Table2, Workflow } from "lucide-react";
import { type ComponentType, Suspense } from "react";

import type { Execution, Step } from "@/api/executions";
import type { RunHistory } from "@/api/history";
import type { RunListener } from "@/api/live";
import { part } from "@/app/parts";
import { Segmented } from "@/components/segmented";
import { Skeleton } from "@/components/states";
import { RunLog } from "@/features/log/run-log";
import { plainWords } from "@/model/ansi";
import { isTerminal } from "@/model/status";

import { AboutView } from "./about-view";
import { TableView } from "./table-view";
import { TimelineView } from "./timeline-view";
import { type RunViewName, useRunSearch } from "./use-run-search";

// The drawing library of the graph is large, and not every look at a run needs it.
const GraphView = part(() => import("./graph-view"), "default");

export interface ViewProps {
  run: Execution;
  steps: readonly Step[];
  history: RunHistory;
  selected: string | undefined;
  onSelect: (stage: string) => void;
}

const CHOICES = [
  {
    value: "graph",
    label: "Graph",
    icon: <Workflow aria-hidden="true" className="max-sm:hidden" />,
  },
  {
    value: "timeline",
    label: "Timeline",
    icon: <GanttChart aria-hidden="true" className="max-sm:hidden" />,
  },
  { value: "table", label: "Table", icon: <Table2 aria-hidden="true" className="max-sm:hidden" /> },
  { value: "log", label: "Log", icon: <ScrollText aria-hidden="true" className="max-sm:hidden" /> },
  { value: "about", label: "About", icon: <Info aria-hidden="true" className="max-sm:hidden" /> },
] as const;

const VIEWS: Readonly<Partial<Record<RunViewName, ComponentType<ViewProps>>>> = {
  graph: GraphView,
  timeline: TimelineView,
  table: TableView,
  about: AboutView,
};

/** The stages of a run, or what else there is to see of it. */
export function RunView({
  listen,
  ...props
}: ViewProps & { listen: (listener: RunListener) => () => void }) {
  const { search, change } = useRunSearch();
  const { run, steps } = props;
  const View = VIEWS[search.view];
  const names = new Map(steps.map(({ stage_id, stage_name }) => [stage_id, stage_name]));
  return (
    <section
      aria-label="Stages"
      className="flex min-w-0 flex-1 flex-col gap-3 px-4 py-3 sm:px-6 lg:min-h-0 lg:pl-8"
    >
      <div className="-mx-1 flex [scrollbar-width:none] overflow-x-auto px-1 py-0.5">
        <Segmented
          label="View"
          words
          value={search.view}
          onChange={(view) => change({ view, line: undefined })}
          choices={CHOICES}
        />
      </div>
      <div className="flex min-h-0 flex-1 flex-col max-lg:max-h-[75vh]">
        {View ? (
          <Suspense fallback={<Skeleton className="min-h-80 flex-1 rounded-lg opacity-60" />}>
            <View {...props} />
          </Suspense>
        ) : (
          <div className="flex min-h-96 flex-1 flex-col max-lg:h-[70vh]">
            <RunLog
              runId={run.id}
              live={!isTerminal(run.status)}
              listen={listen}
              stageName={(id) => names.get(id) ?? id}
              stageChars={Math.max(0, ...steps.map((step) => plainWords(step.stage_name).length))}
              line={search.line === undefined ? undefined : Number(search.line)}
              onLine={(seq) => change({ line: seq?.toString() })}
            />
          </div>
        )}
      </div>
    </section>
  );
}
