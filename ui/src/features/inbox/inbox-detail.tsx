import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, ArrowUpRight } from "lucide-react";

import { buildExecutionQuery } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { ErrorState, Loading, Skeleton } from "@/components/states";
import { StatusBadge } from "@/components/status";
import { Evidence } from "@/features/waiting/evidence";
import { GateForm } from "@/features/waiting/gate-form";
import { QuestionForm } from "@/features/waiting/question-form";
import { SendBack } from "@/features/waiting/send-back";
import { stepOf } from "@/model/inbox";
import { summaryOf } from "@/model/parameters";
import { shortId } from "@/model/short-id";

/** The request with the form to answer it, and with its evidence as soon as that is there. */
export function InboxDetail({
  item,
  onBack,
  className,
}: {
  item: InboxItem;
  onBack: () => void;
  className?: string;
}) {
  // What is known of the run may be from before it waited.
  const query = useQuery({ ...buildExecutionQuery(item.execution_id), refetchOnMount: "always" });
  const run = query.data;
  const steps = run?.steps ?? undefined;
  const step = run && stepOf(run, item);
  return (
    <section
      id="item"
      aria-label={item.stage_name}
      className={cx("flex max-w-3xl min-w-0 flex-col gap-5", className)}
    >
      <Button variant="ghost" className="-mb-2 self-start lg:hidden" onClick={onBack}>
        <ArrowLeft aria-hidden="true" />
        All that waits
      </Button>
      <Head item={item} />
      {item.kind === "gate" ? (
        <GateForm item={item} steps={steps}>
          {run && step && <SendBack run={run} step={step} />}
        </GateForm>
      ) : (
        <QuestionForm item={item} />
      )}
      {step && <Evidence steps={steps ?? []} step={step} />}
      {!step && query.isFetching && (
        <Loading label="Loading what was brought">
          <Skeleton className="h-32 rounded-lg opacity-60" />
        </Loading>
      )}
      {!run && query.isError && !query.isFetching && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
    </section>
  );
}

function Head({ item }: { item: InboxItem }) {
  const { execution_id, execution_status, stage_id, stage_name, workflow_name } = item;
  const summary = summaryOf(item.parameters);
  return (
    <header className="flex flex-wrap items-start gap-3">
      <div className="min-w-0 flex-1">
        <h2 className="text-lg leading-snug font-semibold">{stage_name}</h2>
        <p className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-ink-3">
          <span className="min-w-0 [overflow-wrap:anywhere]">{workflow_name}</span>
          <code className="text-xs">{shortId(execution_id)}</code>
          {summary !== "" && <span className="min-w-0 [overflow-wrap:anywhere]">{summary}</span>}
          <StatusBadge status={execution_status} />
        </p>
      </div>
      <Button asChild>
        <Link
          to="/workflows/executions/$runId"
          params={{ runId: execution_id }}
          search={{ stage: stage_id }}
        >
          Open the run
          <ArrowUpRight aria-hidden="true" />
        </Link>
      </Button>
    </header>
  );
}
