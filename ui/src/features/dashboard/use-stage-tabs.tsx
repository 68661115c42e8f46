import type { ReactNode } from "react";

import { DataView } from "@/components/data-view";
import type { TabItem } from "@/components/tabs";
import { StageLog } from "@/features/log/stage-log";
import { fields } from "@/model/definition";
import { attemptsOf } from "@/model/run-history";

import { AttemptsTab } from "./attempts-tab";
import { ContextTab, hasContext } from "./context-tab";
import { EventsTab } from "./events-tab";
import type { PanelProps } from "./stage-panel";
import { SummaryTab } from "./summary-tab";
import { useRunSearch } from "./use-run-search";

/** What can be read of a stage; what it does not have has no tab. */
export function useStageTabs(props: PanelProps): TabItem<string>[] {
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
      <div className="flex min-h-80 flex-1 flex-col pb-4 max-lg:h-[60vh]">
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
    // A gate is asked, not tried.
    ...(step.stage_type === "agent" && attempts.length > 0
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
