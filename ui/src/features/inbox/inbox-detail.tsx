import { Link } from "@tanstack/react-router";
import { ArrowLeft, ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { DataView } from "@/components/data-view";
import { Code } from "@/components/facts";
import { StatusBadge } from "@/components/status";
import { GateForm } from "@/features/waiting/gate-form";
import { QuestionForm } from "@/features/waiting/question-form";
import { SendBack } from "@/features/waiting/send-back";
import { fields } from "@/model/definition";
import type { InboxItem } from "@/model/inbox";

/** The request with its evidence, and the form to answer it. */
export function InboxDetail({
  item,
  onBack,
  className,
}: {
  item: InboxItem;
  onBack: () => void;
  className?: string;
}) {
  const { kind, run, step } = item;
  return (
    <section
      id="item"
      aria-label={step.stage_name}
      className={cx("flex max-w-3xl min-w-0 flex-col gap-5", className)}
    >
      <Button variant="ghost" className="-mb-2 self-start lg:hidden" onClick={onBack}>
        <ArrowLeft aria-hidden="true" />
        All that waits
      </Button>
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-lg leading-snug font-semibold">{step.stage_name}</h2>
          <p className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-ink-3">
            <span className="min-w-0 [overflow-wrap:anywhere]">{run.workflow_name}</span>
            <code className="text-xs">{run.id.slice(-8)}</code>
            <StatusBadge status={run.status} />
          </p>
        </div>
        <Button asChild>
          <Link
            to="/workflows/executions/$runId"
            params={{ runId: run.id }}
            search={{ stage: step.stage_id }}
          >
            Open the run
            <ArrowUpRight aria-hidden="true" />
          </Link>
        </Button>
      </header>
      {kind === "gate" ? (
        <GateForm run={run} step={step}>
          <SendBack run={run} step={step} />
        </GateForm>
      ) : (
        <QuestionForm run={run} step={step} />
      )}
      <Evidence item={item} />
    </section>
  );
}

/** What the stages right before it brought back. */
function Evidence({ item: { run, step } }: { item: InboxItem }) {
  const before = (run.steps ?? []).filter(
    ({ stage_id, outputs, summary }) =>
      step.depends_on.includes(stage_id) && (fields(outputs).length > 0 || summary !== null),
  );
  return (
    <>
      {fields(step.inputs).length > 0 && (
        <Part title="It was given">
          <DataView values={step.inputs} />
        </Part>
      )}
      {before.map((one) => (
        <Part key={one.stage_id} title={`“${one.stage_name}” brought`}>
          {one.summary !== null && <Code text={one.summary} prose className="mb-3" />}
          <DataView values={one.outputs} />
        </Part>
      ))}
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-medium text-ink-3">{title}</h3>
      {children}
    </section>
  );
}
