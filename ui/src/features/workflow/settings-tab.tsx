import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, CircleAlert, CircleCheck, Trash2 } from "lucide-react";
import type { ReactNode } from "react";

import type { Workflow } from "@/api/workflows";
import { useSettledPress } from "@/app/settled-press";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy";
import { Fact, Facts } from "@/components/facts";
import { RelativeTime } from "@/components/time";
import { MEANINGS } from "@/features/library/workflow-summary";
import { useWorkflowActions } from "@/features/library/use-workflow-actions";
import { fields } from "@/model/definition";
import { parametersOf } from "@/model/parameters";
import type { WorkflowStatus } from "@/model/status";

import { BlockFacts } from "./block-facts";
import { TagEditor } from "./tag-editor";

export function SettingsTab({ workflow, isGone }: { workflow: Workflow; isGone: boolean }) {
  return (
    <div className="gap-4 lg:columns-2 [&>section]:mb-4 [&>section]:break-inside-avoid">
      {/* What is deleted cannot be changed any more. */}
      {!isGone && (
        <Card title="Tags">
          <TagEditor workflow={workflow} />
        </Card>
      )}
      {!isGone && <Standing workflow={workflow} />}
      <Parameters workflow={workflow} />
      <Roles workflow={workflow} />
      <Blocks title="When stages fail" value={workflow.error_policy} />
      <Blocks title="Hooks" value={workflow.hooks} />
      <Blocks title="Context" value={workflow.context} />
      <Card title="Identity">
        <Facts className={NAMES}>
          <Fact name="Id">
            <span className="flex items-center gap-1">
              <code className="min-w-0 text-xs">{workflow.id}</code>
              {/* The row is as high as its words. */}
              <span className="-my-1 flex">
                <CopyButton text={workflow.id} label="Copy the id" />
              </span>
            </span>
          </Fact>
          <Fact name="Key">
            <code className="text-xs">{workflow.workflow_key ?? "–"}</code>
          </Fact>
          <Fact name="Hash">
            <code className="text-xs">{workflow.definition_hash.slice(0, 16)}…</code>
          </Fact>
          <Fact name="Stored">
            <RelativeTime at={workflow.created_at} /> by {workflow.created_by}
          </Fact>
          {workflow.project_id !== null && <Fact name="Project">{workflow.project_id}</Fact>}
        </Facts>
      </Card>
    </div>
  );
}

/** Values begin in one line, also in cards that stand beside each other. */
const NAMES = "grid-cols-[minmax(120px,auto)_minmax(0,1fr)]";

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rounded-lg border border-line bg-surface p-4 shadow-1">
      <h2 className="mb-3 text-sm font-semibold">{title}</h2>
      {children}
    </section>
  );
}

const STANDINGS: Readonly<Record<WorkflowStatus, string>> = {
  draft: "It is a draft.",
  published: "It is published.",
  archived: "It is archived.",
};

function Standing({ workflow }: { workflow: Workflow }) {
  const actions = useWorkflowActions();
  const navigate = useNavigate();
  const press = useSettledPress({ status: workflow.status });
  const becomes = (status: WorkflowStatus) => ({
    busy: actions.isChanging,
    onClick: () => press("status", () => void actions.setStatus([workflow], status)),
  });
  const remove = () => {
    actions.remove([workflow]);
    void navigate({ to: "/workflows" });
  };
  return (
    <Card title="Standing">
      <p className="text-sm text-ink-2">
        {STANDINGS[workflow.status]} {workflow.is_valid && MEANINGS[workflow.status]}
      </p>
      <p className="mt-1 text-xs text-ink-3">Its runs stay when it is deleted.</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {workflow.status === "published" && <Button {...becomes("draft")}>Make it a draft</Button>}
        {workflow.status === "archived" && (
          <Button {...becomes("draft")}>
            <ArchiveRestore aria-hidden="true" />
            Take out of the archive
          </Button>
        )}
        {workflow.status !== "published" && workflow.is_valid && (
          <Button {...becomes("published")}>Publish</Button>
        )}
        {workflow.status !== "archived" && (
          <Button {...becomes("archived")}>
            <Archive aria-hidden="true" />
            Archive
          </Button>
        )}
        <Button onClick={() => press("status", remove)} data-tone="failed" className="text-tone">
          <Trash2 aria-hidden="true" />
          Delete
        </Button>
      </div>
    </Card>
  );
}

function Parameters({ workflow }: { workflow: Workflow }) {
  const parameters = parametersOf(workflow.parameters);
  if (parameters.length === 0) return null;
  return (
    <Card title="Parameters">
      <ul className="flex flex-col gap-3">
        {parameters.map((parameter) => (
          <li key={parameter.name} className="text-sm">
            <span className="flex flex-wrap items-baseline gap-x-2">
              <code className="min-w-0 font-medium [overflow-wrap:anywhere]">{parameter.name}</code>
              <span className="text-xs text-ink-3">
                {parameter.type}
                {parameter.required ? ", required" : ""}
              </span>
            </span>
            {parameter.description !== undefined && (
              <span className="block text-ink-3">{parameter.description}</span>
            )}
            {parameter.default !== null && (
              <code className="block text-xs [overflow-wrap:anywhere] text-ink-2">
                = {JSON.stringify(parameter.default)}
              </code>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Roles({ workflow }: { workflow: Workflow }) {
  const roles = workflow.resolved_roles ?? [];
  if (roles.length === 0) return null;
  return (
    <Card title="Agents and tools">
      <ul className="flex flex-col gap-1.5">
        {roles.map(({ role_name, resolved }) => {
          const Icon = resolved ? CircleCheck : CircleAlert;
          return (
            <li
              key={role_name}
              data-tone={resolved ? "completed" : "failed"}
              className="flex items-center gap-2 text-sm"
            >
              <Icon aria-hidden="true" className="size-4 shrink-0 text-tone" />
              <code className="min-w-0 [overflow-wrap:anywhere]">{role_name}</code>
              <span className="text-xs text-ink-3">{resolved ? "found" : "not found"}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Blocks({ title, value }: { title: string; value: unknown }) {
  const list = fields(value);
  if (list.length === 0) return null;
  return (
    <Card title={title}>
      <BlockFacts fields={list} className={NAMES} />
    </Card>
  );
}
