import { Link, useNavigate } from "@tanstack/react-router";
import { Play, Send } from "lucide-react";

import type { Workflow } from "@/api/workflows";
import { useSettledPress } from "@/app/settled-press";
import { Button } from "@/components/button";
import { CopyAs } from "@/components/copy";
import { Tags } from "@/components/tag";
import { RelativeTime } from "@/components/time";
import { tip } from "@/components/tooltip";
import { Trail } from "@/components/trail";
import { useWorkflowActions, whyNotRun } from "@/features/library/use-workflow-actions";
import { WorkflowMenu } from "@/features/library/workflow-menu";
import { Validity } from "@/features/library/workflow-summary";
import { curl, quote } from "@/model/equivalents";

import { Description } from "./description";

/** What the workflow is, and what can be done with it. */
export function WorkflowHeader({
  workflow,
  isGone,
  onRun,
}: {
  workflow: Workflow;
  /** It was deleted, so nothing can be done with it. */
  isGone: boolean;
  onRun: () => void;
}) {
  return (
    <>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <Trail open>
            <Link to="/workflows">Library</Link>
          </Trail>
          <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1
              dir="auto"
              className="min-w-0 text-left text-xl font-semibold [overflow-wrap:anywhere]"
            >
              {workflow.name}
            </h1>
            <Validity workflow={workflow} />
            <Tags tags={workflow.tags} most={5} wrap />
          </div>
        </div>
        {!isGone && <Actions workflow={workflow} onRun={onRun} />}
      </div>
      {workflow.description !== null && <Description text={workflow.description} />}
      <p className="mt-1.5 flex flex-wrap items-center gap-x-2 text-xs text-ink-3">
        <span>v{workflow.version}</span>·<span>revision {workflow.revision}</span>·
        <span>
          changed <RelativeTime at={workflow.updated_at} />
        </span>
        ·<span>by {workflow.created_by}</span>
      </p>
    </>
  );
}

function Actions({ workflow, onRun }: { workflow: Workflow; onRun: () => void }) {
  const actions = useWorkflowActions();
  const navigate = useNavigate();
  const press = useSettledPress({ status: workflow.status });
  const obstacle = whyNotRun(workflow);
  const publishable = workflow.status === "draft" && workflow.is_valid;
  const equivalents = () => [
    { label: "CLI: show", text: `baton show ${quote(workflow.name)}` },
    { label: "CLI: export", text: `baton export ${quote(workflow.name)}` },
    { label: "curl", text: curl("GET", `${location.origin}/api/v1/workflows/${workflow.id}`) },
  ];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="max-sm:hidden">
        <CopyAs make={equivalents} />
      </div>
      {publishable && (
        <Button
          {...tip("Says that it is ready for everybody")}
          busy={actions.isChanging}
          onClick={() => press("status", () => void actions.setStatus([workflow], "published"))}
        >
          <Send aria-hidden="true" />
          Publish
        </Button>
      )}
      <span {...(obstacle === null ? tip("Run", "r") : tip(obstacle))}>
        <Button
          variant="primary"
          disabled={obstacle !== null}
          aria-label={`Run workflow: ${workflow.name}`}
          onClick={() => press("status", onRun, "again")}
        >
          <Play aria-hidden="true" />
          Run
        </Button>
      </span>
      <WorkflowMenu
        workflow={workflow}
        actions={actions}
        onDeleted={() => void navigate({ to: "/workflows" })}
        equivalents={equivalents}
      />
    </div>
  );
}
