import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { CopyButton } from "@/components/copy";
import { DataView } from "@/components/data-view";
import { Code, Fact, Facts } from "@/components/facts";
import { RelativeTime } from "@/components/time";
import { useProjectNames } from "@/features/projects/use-project-names";
import { eventWords } from "@/model/event-words";
import type { StoredEvent } from "@/model/run-history";

import type { ViewProps } from "./run-view";

/** What the run was started with, and what went on beside its stages. */
export function AboutView({ run, history }: ViewProps) {
  const projects = useProjectNames();
  const parameters = Object.keys(run.parameters).length;
  const overridden = run.overridden ?? [];
  const hooks = run.hooks ?? [];
  const definition = run.workflow_snapshot ?? "";
  const edits = editsIn(history.events);
  return (
    <div className="grid items-start gap-x-8 gap-y-6 overflow-y-auto pb-6 xl:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-6">
        <Part title="The run">
          <Facts>
            <Fact name="Id">
              <span className="flex items-center gap-1">
                <code className="text-xs">{run.id}</code>
                <CopyButton text={run.id} label="Copy the id" />
              </span>
            </Fact>
            <Fact name="Workflow">
              {run.workflow_name} v{run.workflow_version}
            </Fact>
            <Fact name="Started by">{run.created_by}</Fact>
            <Fact name="Created">
              <RelativeTime at={run.created_at} />
            </Fact>
            {run.completed_at !== null && (
              <Fact name="Ended">
                <RelativeTime at={run.completed_at} />
              </Fact>
            )}
            <Fact name="Works in">
              {run.directory === null ? "a scratch directory" : <code>{run.directory}</code>}
            </Fact>
            {run.project_id !== null && (
              <Fact name="Project">
                <Link
                  to="/projects/$projectId"
                  params={{ projectId: run.project_id }}
                  className="underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
                >
                  {projects.get(run.project_id) ?? run.project_id}
                </Link>
              </Fact>
            )}
            <Fact name="Definition">
              <code className="text-xs">{run.workflow_definition_hash.slice(0, 16)}</code>
            </Fact>
          </Facts>
        </Part>
        <Part title="Parameters">
          {parameters === 0 ? <None>It takes none.</None> : <DataView values={run.parameters} />}
        </Part>
        {overridden.length > 0 && (
          <Part title="Set from elsewhere">
            <Facts>
              {overridden.map(({ path, by }) => (
                <Fact key={path} name={<code className="text-xs">{path}</code>}>
                  {by}
                </Fact>
              ))}
            </Facts>
          </Part>
        )}
        {edits.length > 0 && (
          <Part title="Changes of its stages">
            <Facts>
              {edits.map(({ seq, at, detail }) => (
                <Fact key={seq} name={<RelativeTime at={at} />}>
                  {detail}
                </Fact>
              ))}
            </Facts>
          </Part>
        )}
        {hooks.length > 0 && (
          <Part title="Hooks">
            <Facts>
              {hooks.map(({ hook, place, error }) => (
                <Fact key={`${hook}.${place}`} name={<code className="text-xs">{hook}</code>}>
                  {error === null ? (
                    "done"
                  ) : (
                    <span data-tone="failed" className="text-tone">
                      {error}
                    </span>
                  )}
                </Fact>
              ))}
            </Facts>
          </Part>
        )}
      </div>
      {definition !== "" && (
        <Part
          title="The definition it started with"
          aside={<CopyButton text={definition} label="Copy the definition" />}
        >
          <Code text={withoutEdges(definition)} label="Definition" className="max-h-none" />
        </Part>
      )}
    </div>
  );
}

/** Empty lines around it say nothing; how far its first line is indented does. */
function withoutEdges(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
}

/** When, what, by whom and why. */
function editsIn(events: readonly StoredEvent[]) {
  const edits = events.filter(({ event }) => event["type"] === "graph_edited");
  return edits.map((stored) => ({ ...stored, detail: eventWords(stored).detail }));
}

export function Part({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="min-w-0">
      <div className="mb-1.5 flex min-h-7 items-center justify-between gap-2">
        <h2 className="text-xs font-medium text-ink-3">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

export function None({ children }: { children: ReactNode }) {
  return <p className="text-sm text-ink-3">{children}</p>;
}
