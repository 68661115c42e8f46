import { Link } from "@tanstack/react-router";

import type { Execution } from "@/api/executions";
import type { Connection } from "@/api/stream";
import { CopyButton } from "@/components/copy";
import { Dotted } from "@/components/dotted";
import { StatusBadge } from "@/components/status";
import { Elapsed, RelativeTime } from "@/components/time";
import { Trail } from "@/components/trail";
import { Words } from "@/features/waiting/words";
import { shortId } from "@/model/short-id";
import { usageWords } from "@/model/usage";

import { ConnectionMark } from "./connection-mark";
import { Progress } from "./progress";
import { RunControls } from "./run-controls";
import { Story } from "./story";

const TRIGGERS = { manual: "by hand", api: "through the API", scheduled: "on schedule" };

export function RunHeader({
  run,
  connection,
  onStage,
}: {
  run: Execution;
  connection: Connection;
  onStage: (stage: string) => void;
}) {
  const earlier = run.rerun_of ?? null;
  return (
    <header className="flex flex-col gap-3 border-b border-line px-4 pt-4 pb-4 sm:px-6 lg:px-8">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-44 sm:basis-72">
          <RunTrail run={run} />
          <div className="mt-1 flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1">
            <h1 className="min-w-0 text-xl font-semibold [overflow-wrap:anywhere]">
              <Words text={run.workflow_name} />
            </h1>
            <StatusBadge status={run.status} className="shrink-0" />
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <ConnectionMark connection={connection} />
          <RunControls run={run} />
        </div>
      </div>
      <Story run={run} onStage={onStage} />
      <Dotted className="gap-y-2 text-xs text-ink-3">
        <Progress run={run} />
        <span>
          <span className="sr-only">Takes </span>
          <Elapsed from={run.started_at} to={run.completed_at} className="font-medium text-ink-2" />
        </span>
        <span>
          started <RelativeTime at={run.started_at ?? run.created_at} /> {TRIGGERS[run.trigger]}
          {run.created_by !== "local" && ` by ${run.created_by}`}
        </span>
        {run.usage && <span>{usageWords(run.usage)}</span>}
        {earlier !== null && (
          <span>
            repeats{" "}
            <Link
              to="/workflows/executions/$runId"
              params={{ runId: earlier }}
              className="font-mono text-ink-2 underline decoration-line-strong underline-offset-2 hover:text-ink"
            >
              {shortId(earlier)}
            </Link>
          </span>
        )}
      </Dotted>
    </header>
  );
}

function RunTrail({ run }: { run: Execution }) {
  return (
    <Trail>
      <Link to="/workflows/executions">Executions</Link>
      {run.workflow_id !== null && (
        <Link to="/workflows/$workflowId" params={{ workflowId: run.workflow_id }}>
          {run.workflow_key} v{run.workflow_version}
        </Link>
      )}
      <span className="flex shrink-0 items-center gap-1">
        <code title={run.id}>{shortId(run.id)}</code>
        <CopyButton text={run.id} label="Copy the id of the run" />
      </span>
    </Trail>
  );
}
