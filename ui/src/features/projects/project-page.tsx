import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { FolderMinus, FolderX, PowerOff } from "lucide-react";
import { useState } from "react";

import { engine } from "@/api/engine";
import { isCode } from "@/api/problem";
import { buildProjectQuery, type Project, useRemoveProject } from "@/api/projects";
import { compact } from "@/app/search-params";
import { Alert } from "@/components/alert";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { CopyButton } from "@/components/copy";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, Loading, Nowhere, Skeleton } from "@/components/states";
import { Tabs } from "@/components/tabs";
import { Tag } from "@/components/tag";
import { toast } from "@/components/toast";
import { Trail } from "@/components/trail";
import { Runs } from "@/features/executions/runs";
import { useStore } from "@/model/store";

import { SkillsTab } from "./skills-tab";

const route = getRouteApi("/projects/$projectId");

/** A project: its runs, and what agents can be told to do there. */
export function ProjectPage() {
  const { projectId } = route.useParams();
  const { data, isPending, error, refetch } = useQuery(buildProjectQuery(projectId));
  if (data) return <Loaded project={data} />;
  if (isPending) {
    return (
      <Page title="Project" heading={<Skeleton className="h-7 w-64" />}>
        <Loading label="Loading the project">
          <Skeleton className="h-96 rounded-lg opacity-60" />
        </Loading>
      </Page>
    );
  }
  if (isCode(error, "not_found")) {
    const action = (
      <Button asChild>
        <Link to="/projects">Go to the projects</Link>
      </Button>
    );
    return (
      <Page title="No such project">
        <Nowhere action={action}>
          The address may be cut off, or the project was taken out. Its runs stay.
        </Nowhere>
      </Page>
    );
  }
  return (
    <Page title="Project">
      <ErrorState error={error} onRetry={() => void refetch()} />
    </Page>
  );
}

function Loaded({ project }: { project: Project }) {
  const search = route.useSearch();
  const off = useStore(engine) === "off";
  const navigate = useNavigate({ from: "/projects/$projectId" });
  const change = (next: Partial<Record<keyof typeof search, string | undefined>>) =>
    void navigate({ search: compact({ ...search, ...next }) as typeof search, replace: true });
  return (
    <Page
      title={project.name}
      heading={<Heading project={project} />}
      actions={project.source === "baton" && <Remove project={project} />}
    >
      {!project.is_there && (
        <Alert className="mb-4 flex items-center gap-2">
          <FolderX aria-hidden="true" className="size-4 shrink-0" />
          The directory is not there, so nothing can be started in it.
        </Alert>
      )}
      {off ? (
        <EmptyState icon={<PowerOff />} title="Workflows are switched off on this server">
          The runs of the project and its skills come with them.
        </EmptyState>
      ) : (
        <Tabs
          label="Parts of the project"
          value={search.tab ?? "runs"}
          onChange={(next) => change({ tab: next === "runs" ? undefined : next })}
          items={[
            {
              id: "runs",
              label: "Runs",
              count: project.total_runs,
              content: () => (
                <Runs search={search} onChange={change} within={{ project_id: project.id }} />
              ),
            },
            { id: "skills", label: "Skills", content: () => <SkillsTab project={project} /> },
          ]}
        />
      )}
    </Page>
  );
}

function Heading({ project: { name, path, source } }: { project: Project }) {
  return (
    <>
      <Trail open>
        <Link to="/projects">Projects</Link>
      </Trail>
      <div className="mt-1 flex items-center gap-2.5">
        <h1 className="min-w-0 text-xl font-semibold [overflow-wrap:anywhere]">{name}</h1>
        {source === "specflow" && <Tag>SpecFlow</Tag>}
      </div>
      <p className="flex items-center gap-1 text-sm text-ink-3">
        <code className="min-w-0 text-xs [overflow-wrap:anywhere]">{path}</code>
        <CopyButton text={path} label="Copy the path" />
      </p>
    </>
  );
}

function Remove({ project }: { project: Project }) {
  const navigate = useNavigate();
  const remove = useRemoveProject();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <FolderMinus aria-hidden="true" />
        Take out
      </Button>
      <Confirm
        open={asking}
        title={`Take out “${project.name}”?`}
        action="Take it out"
        busy={remove.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          remove.mutate(project.id, {
            onSuccess: () => {
              toast.success(`Taken out: ${project.name}`);
              void navigate({ to: "/projects" });
            },
            onError: (problem) => toast.error("Not taken out", problem),
          })
        }
      >
        Its directory and its runs stay as they are.
      </Confirm>
    </>
  );
}
