import { useQuery } from "@tanstack/react-query";
import { FolderGit2, FolderPlus } from "lucide-react";
import { useRef, useState } from "react";

import { buildProjectsQuery } from "@/api/projects";
import { useHotkeys } from "@/app/hotkeys";
import { useListKeys } from "@/app/use-list-keys";
import { Button } from "@/components/button";
import { Damaged } from "@/components/damaged";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";

import { AddProject } from "./add-project";
import { ProjectRow } from "./project-row";

/** The directories that runs belong to. */
export function ProjectsPage() {
  const { data, isPending, error, refetch } = useQuery(buildProjectsQuery());
  const [adding, setAdding] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list, { title: "Projects" });
  useHotkeys("Projects", [{ keys: "c", does: "Add a project", run: () => setAdding(true) }]);
  const count = data?.items.length;
  const add = (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <FolderPlus aria-hidden="true" />
      Add a project
    </Button>
  );
  return (
    <Page
      title="Projects"
      description={count === undefined ? "\u00a0" : count === 1 ? "1 project" : `${count} projects`}
      actions={count !== 0 && add}
    >
      {isPending && (
        <Loading label="Loading projects">
          <Skeleton className="h-56 rounded-lg opacity-60" />
        </Loading>
      )}
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && <Damaged items={data.damaged ?? []} />}
      {count === 0 && (
        <EmptyState icon={<FolderGit2 />} title="No projects yet" actions={add}>
          A project is a directory that agents work in. Its runs are found together, and what lies
          in it for agents can be started from here.
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <ul
          ref={list}
          aria-label="Projects"
          className="rounded-lg border border-line bg-surface shadow-1"
        >
          {data.items.map((project) => (
            <ProjectRow key={project.id} project={project} />
          ))}
        </ul>
      )}
      {adding && <AddProject onClose={() => setAdding(false)} />}
    </Page>
  );
}
