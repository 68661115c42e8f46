import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";

import { buildExecutionQuery } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { type Lead, useHandedFocus } from "@/app/focus";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { ErrorState, Loading, Skeleton } from "@/components/states";
import { StatusBadge } from "@/components/status";
import { Evidence } from "@/features/waiting/evidence";
import { GateForm } from "@/features/waiting/gate-form";
import { QuestionForm } from "@/features/waiting/question-form";
import { SendBack } from "@/features/waiting/send-back";
import { type Next, Settled } from "@/features/waiting/settled";
import { Words } from "@/features/waiting/words";
import { plainWords } from "@/model/ansi";
import { stepOf } from "@/model/inbox";
import { outcomeOf } from "@/model/outcome";
import { summaryOf } from "@/model/parameters";
import { shortId } from "@/model/short-id";

export interface DetailProps {
  item: InboxItem;
  /** It does not wait any more. */
  answered: boolean;
  /** Whether the next one that is shown has the focus. */
  leadRef: RefObject<Lead>;
  /** Where somebody goes on when it is answered. */
  next: Next | undefined;
  className?: string;
}

/**
 * The request with the form to answer it, or what became of it, and with its evidence
 * as soon as that is there.
 */
export function InboxDetail({ item, answered, leadRef, next, className }: DetailProps) {
  // What is known of the run may be from before it waited.
  const query = useQuery({ ...buildExecutionQuery(item.execution_id), refetchOnMount: "always" });
  const { data: run, refetch } = query;
  const section = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useHandedFocus(section, heading, leadRef);
  // Only the run says who has answered.
  useEffect(() => {
    if (answered) void refetch();
  }, [answered, refetch]);
  const outcome = run ? outcomeOf(run, item) : null;
  const steps = run?.steps ?? undefined;
  const asked = run?.steps?.find(({ stage_id }) => stage_id === item.stage_id);
  const settled = answered || outcome !== null;
  const step = settled ? asked : run && stepOf(run, item);
  return (
    <section
      ref={section}
      id="item"
      aria-label={plainWords(item.stage_name)}
      className={cx("flex max-w-3xl min-w-0 flex-col gap-5 lg:max-w-none", className)}
    >
      <Head
        item={item}
        status={settled && run ? run.status : item.execution_status}
        heading={heading}
      />
      {settled ? (
        <Settled item={item} outcome={outcome} next={next} />
      ) : item.kind === "gate" ? (
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
        <ErrorState error={query.error} onRetry={() => void refetch()} />
      )}
    </section>
  );
}

function Head({
  item,
  status,
  heading,
}: {
  item: InboxItem;
  status: InboxItem["execution_status"];
  heading: RefObject<HTMLHeadingElement | null>;
}) {
  const { execution_id, stage_id, stage_name, workflow_name } = item;
  const summary = summaryOf(item.parameters);
  return (
    <header className="flex flex-wrap items-start gap-3">
      <div className="min-w-0 flex-1">
        <h2 ref={heading} tabIndex={-1} className="rounded-sm text-lg leading-snug font-semibold">
          <Words text={stage_name} />
        </h2>
        <p className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-ink-3">
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <Words text={workflow_name} />
          </span>
          <code className="text-xs">{shortId(execution_id)}</code>
          {summary !== "" && <span className="min-w-0 [overflow-wrap:anywhere]">{summary}</span>}
          <StatusBadge status={status} />
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
