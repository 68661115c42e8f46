import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Suspense, useState } from "react";

import { isCode } from "@/api/problem";
import { LIST_POLL_MS } from "@/api/query";
import { buildWorkflowQuery, type Workflow } from "@/api/workflows";
import { useHotkeys } from "@/app/hotkeys";
import { isPhone } from "@/app/phone";
import { part } from "@/app/parts";
import { compact } from "@/app/search-params";
import { Button } from "@/components/button";
import { Page } from "@/components/page";
import { ErrorState, Loading, Nowhere, Skeleton } from "@/components/states";
import { Tabs } from "@/components/tabs";
import { whyNotRun } from "@/features/library/use-workflow-actions";

import { DefinitionDialogs } from "./definition-dialogs";
import { DeletedNotice } from "./deleted-notice";
import { ExecutionsTab } from "./executions-tab";
import { SettingsTab } from "./settings-tab";
import { StagesTab } from "./stages-tab";
import { StartRun } from "./start-run";
import { useDefinition } from "./use-definition";
import { WorkflowHeader } from "./workflow-header";

const YamlTab = part(() => import("./yaml-tab"), "default");
const route = getRouteApi("/workflows/$workflowId");

export function WorkflowPage() {
  const { workflowId } = route.useParams();
  // Another workflow is another page: nothing of the one before stays.
  return <Stored key={workflowId} id={workflowId} />;
}

function Stored({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    ...buildWorkflowQuery(id),
    // Nothing tells of what others do with a workflow; what is gone is asked for no more.
    refetchInterval: ({ state }) => !isCode(state.error, "not_found") && LIST_POLL_MS.still,
    refetchOnWindowFocus: ({ state }) => (isCode(state.error, "not_found") ? false : "always"),
  });
  // What was open stays open, also when the cache has lost it.
  const [known, setKnown] = useState(data);
  if (data !== undefined && data !== known) setKnown(data);
  const isGone = isCode(error, "not_found");
  if (known) return <Loaded workflow={known} isGone={isGone} />;
  if (isGone) {
    const action = (
      <Button asChild>
        <Link to="/workflows">Go to the library</Link>
      </Button>
    );
    return (
      <Page title="No such workflow">
        <Nowhere action={action}>
          The address may be cut off, or the workflow was deleted. Its runs stay.
        </Nowhere>
      </Page>
    );
  }
  if (error) {
    return (
      <Page title="Workflow">
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return <WorkflowSkeleton />;
}

function Loaded({ workflow, isGone }: { workflow: Workflow; isGone: boolean }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/workflows/$workflowId" });
  const change = (next: Partial<Record<keyof typeof search, string | undefined>>) =>
    void navigate({ search: compact({ ...search, ...next }) as typeof search, replace: true });
  const definition = useDefinition(workflow);
  // A definition that cannot be read has no stages to look at.
  const tab = search.tab ?? (workflow.stages ? "stages" : "yaml");
  const runs = !isGone && whyNotRun(workflow) === null;

  useHotkeys("Workflow", [
    { keys: "r", does: "Run", run: () => change({ run: "open" }), off: !runs },
    { keys: "1", does: "Stages", run: () => change({ tab: "stages" }) },
    { keys: "2", does: "YAML", run: () => change({ tab: "yaml" }) },
    { keys: "3", does: "Executions", run: () => change({ tab: "executions" }) },
    { keys: "4", does: "Settings", run: () => change({ tab: "settings" }) },
    // Also where nothing is to be saved: nobody wants the browser to save the page.
    { keys: "mod+s", does: "Save the YAML", run: () => definition.save(), inInputs: true },
  ]);

  return (
    <Page
      title={workflow.name}
      wide
      heading={
        <WorkflowHeader workflow={workflow} isGone={isGone} onRun={() => change({ run: "open" })} />
      }
    >
      {isGone && <DeletedNotice definition={definition} />}
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
            label: definition.dirty ? "YAML · not saved" : "YAML",
            content: () => (
              <Suspense fallback={<Skeleton className="h-[60vh] rounded-lg" />}>
                <YamlTab workflow={workflow} definition={definition} />
              </Suspense>
            ),
          },
          {
            id: "executions",
            label: "Executions",
            content: () => <ExecutionsTab workflow={workflow} search={search} onChange={change} />,
          },
          {
            id: "settings",
            label: "Settings",
            content: () => <SettingsTab workflow={workflow} isGone={isGone} />,
          },
        ]}
      />
      {search.run === "open" && runs && (
        <StartRun
          workflow={workflow}
          definition={definition}
          from={search.from}
          onClose={() => change({ run: undefined, from: undefined })}
        />
      )}
      <DefinitionDialogs workflow={workflow} definition={definition} />
    </Page>
  );
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
