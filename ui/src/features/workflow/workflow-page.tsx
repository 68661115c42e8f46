import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Suspense } from "react";

import { buildExecutionQuery } from "@/api/executions";
import { buildWorkflowQuery, type Workflow } from "@/api/workflows";
import { useHotkeys } from "@/app/hotkeys";
import { isPhone } from "@/app/phone";
import { part } from "@/app/parts";
import { compact } from "@/app/search-params";
import { Page } from "@/components/page";
import { ErrorState, Loading, Skeleton } from "@/components/states";
import { Tabs } from "@/components/tabs";
import { whyNotRun } from "@/features/library/use-workflow-actions";

import { ExecutionsTab } from "./executions-tab";
import { SettingsTab } from "./settings-tab";
import { StagesTab } from "./stages-tab";
import { WorkflowHeader } from "./workflow-header";

const YamlTab = part(() => import("./yaml-tab"), "default");
const RunDialog = part(() => import("@/features/run/run-dialog"), "default");
const route = getRouteApi("/workflows/$workflowId");

export function WorkflowPage() {
  const { workflowId } = route.useParams();
  const query = useQuery(buildWorkflowQuery(workflowId));
  if (query.isPending) return <WorkflowSkeleton />;
  if (!query.data) {
    return (
      <Page title="Workflow">
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  return <Loaded key={workflowId} workflow={query.data} />;
}

function Loaded({ workflow }: { workflow: Workflow }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/workflows/$workflowId" });
  const change = (next: Partial<Record<keyof typeof search, string | undefined>>) =>
    void navigate({ search: compact({ ...search, ...next }) as typeof search, replace: true });
  // A definition that cannot be read has no stages to look at.
  const tab = search.tab ?? (workflow.stages ? "stages" : "yaml");
  const runs = whyNotRun(workflow) === null;

  useHotkeys("Workflow", [
    { keys: "r", does: "Run", run: () => change({ run: "open" }), off: !runs },
    { keys: "1", does: "Stages", run: () => change({ tab: "stages" }) },
    { keys: "2", does: "YAML", run: () => change({ tab: "yaml" }) },
    { keys: "3", does: "Executions", run: () => change({ tab: "executions" }) },
    { keys: "4", does: "Settings", run: () => change({ tab: "settings" }) },
  ]);

  return (
    <Page
      title={workflow.name}
      wide
      heading={<WorkflowHeader workflow={workflow} onRun={() => change({ run: "open" })} />}
    >
      <Tabs
        label="Parts of the workflow"
        value={tab}
        onChange={(id) => change({ tab: id })}
        items={[
          {
            id: "stages",
            label: "Stages",
            count: workflow.stage_count,
            content: () => (
              <StagesTab
                workflow={workflow}
                view={search.view ?? (isPhone() ? "list" : "graph")}
                stage={search.stage}
                onView={(view) => change({ view })}
                onStage={(stage) => change({ stage })}
                onEdit={() => change({ tab: "yaml" })}
              />
            ),
          },
          {
            id: "yaml",
            label: "YAML",
            content: () => (
              <Suspense fallback={<Skeleton className="h-[60vh] rounded-lg" />}>
                <YamlTab workflow={workflow} />
              </Suspense>
            ),
          },
          {
            id: "executions",
            label: "Executions",
            content: () => <ExecutionsTab workflow={workflow} search={search} onChange={change} />,
          },
          { id: "settings", label: "Settings", content: () => <SettingsTab workflow={workflow} /> },
        ]}
      />
      <Suspense>
        {search.run === "open" && runs && (
          <RunDialogFrom
            key={search.from}
            workflow={workflow}
            from={search.from}
            onClose={() => change({ run: undefined, from: undefined })}
          />
        )}
      </Suspense>
    </Page>
  );
}

/** The run dialog, which begins with the values of a run when there is one to begin with. */
function RunDialogFrom({
  workflow,
  from,
  onClose,
}: {
  workflow: Workflow;
  from: string | undefined;
  onClose: () => void;
}) {
  const { data: run, isError } = useQuery({
    ...buildExecutionQuery(from ?? ""),
    enabled: from !== undefined,
  });
  if (from !== undefined && run === undefined && !isError) return null;
  return <RunDialog workflow={workflow} onClose={onClose} {...(run && { from: run })} />;
}

function WorkflowSkeleton() {
  return (
    <Page title="Workflow" heading={<Skeleton className="h-7 w-64" />}>
      <Loading label="Loading the workflow">
        <Skeleton className="mb-6 w-96 max-w-full" />
        <Skeleton className="h-[50vh] rounded-lg opacity-60" />
      </Loading>
    </Page>
  );
}
