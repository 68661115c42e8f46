import { CircleAlert, ScrollText } from "lucide-react";

import type { Step } from "@/api/executions";
import { Button } from "@/components/button";
import { DataView } from "@/components/data-view";
import { Code, Fact, Facts } from "@/components/facts";
import { RelativeTime } from "@/components/time";
import { FoldedEvidence } from "@/features/waiting/evidence";
import { GateForm } from "@/features/waiting/gate-form";
import { QuestionForm } from "@/features/waiting/question-form";
import { SendBack } from "@/features/waiting/send-back";
import { fields, shown, textAt } from "@/model/definition";
import { itemOf, keyOf } from "@/model/inbox";
import { isStepFailed } from "@/model/status";
import { duration } from "@/model/time";
import { usageWords } from "@/model/usage";

import { Part } from "./about-view";
import type { PanelProps } from "./stage-panel";
import { useRunSearch } from "./use-run-search";

/** What matters about a stage at this moment. */
export function SummaryTab({ run, step, history }: PanelProps) {
  const item = itemOf(run, step);
  return (
    <div className="flex flex-col gap-5">
      {item?.kind === "gate" && (
        <GateForm
          key={keyOf(item)}
          item={item}
          steps={run.steps ?? []}
          evidence={<FoldedEvidence steps={run.steps ?? []} step={step} />}
        >
          <SendBack run={run} step={step} />
        </GateForm>
      )}
      {item?.kind === "question" && <QuestionForm key={keyOf(item)} item={item} />}
      {isStepFailed(step.status) && <Failure step={step} />}
      {step.summary !== null && (
        <Part title="In short">
          <Code text={step.summary} prose />
        </Part>
      )}
      {step.status === "completed" && fields(step.outputs).length > 0 && (
        <Part title="Brought back">
          <DataView values={step.outputs} />
        </Part>
      )}
      <Decision step={step} />
      <Answers step={step} />
      <StepFacts step={step} plan={history.plan.get(step.stage_id)} steps={run.steps ?? []} />
    </div>
  );
}

function Failure({ step }: { step: Step }) {
  const { change } = useRunSearch();
  return (
    <section
      aria-label="Failure"
      data-tone="failed"
      className="flex flex-col gap-3 rounded-lg bg-tone-soft p-4"
    >
      <p className="flex items-start gap-2 text-sm text-tone">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 [overflow-wrap:anywhere] whitespace-pre-line">
          {step.error_message ?? "It failed and said nothing."}
        </span>
      </p>
      <p className="pl-6 text-xs text-ink-2">
        {step.error_label !== null && (
          <>
            Kind <code>{step.error_label}</code> ·{" "}
          </>
        )}
        {step.attempt > 1 ? `after ${step.attempt} attempts` : "at the first attempt"}
      </p>
      {step.stage_type === "agent" && step.dispatch > 0 && (
        <div className="pl-6">
          <Button size="sm" onClick={() => change({ tab: "log", line: undefined })}>
            <ScrollText aria-hidden="true" />
            Read the log
          </Button>
        </div>
      )}
    </section>
  );
}

function Decision({ step }: { step: Step }) {
  const by = textAt(step.gate, "decided_by");
  const message = textAt(step.gate, "message");
  if (by === undefined) return null;
  const reason = textAt(step.gate, "reason");
  return (
    <Part title="Decided">
      <Facts>
        {message !== undefined && <Fact name="Asked">{message}</Fact>}
        <Fact name="Answer">
          {step.status === "completed" ? "approved" : "rejected"} by {by}
        </Fact>
        {reason !== undefined && <Fact name="Reason">{reason}</Fact>}
      </Facts>
    </Part>
  );
}

function Answers({ step }: { step: Step }) {
  const answers = step.question?.answers ?? null;
  if (answers === null) return null;
  return (
    <Part title={`Answered by ${step.question?.answered_by ?? "somebody"}`}>
      <Facts>
        {Object.entries(answers).map(([name, value]) => (
          <Fact key={name} name={name}>
            {Array.isArray(value) ? value.map(shown).join(", ") : shown(value)}
          </Fact>
        ))}
      </Facts>
    </Part>
  );
}

function StepFacts({
  step,
  plan,
  steps,
}: {
  step: Step;
  plan: ReturnType<PanelProps["history"]["plan"]["get"]>;
  steps: readonly Step[];
}) {
  const { change } = useRunSearch();
  const before = steps.filter(({ stage_id }) => step.depends_on.includes(stage_id));
  const limit = plan?.timeoutMs;
  return (
    <Part title="Details">
      <Facts>
        <Fact name="Stage">
          <code className="text-xs">{step.stage_id}</code>
        </Fact>
        {step.agent !== null && (
          <Fact name="Agent">
            <code className="text-xs">{step.agent}</code>
            {plan?.model !== undefined && ` · ${plan.model}`}
          </Fact>
        )}
        {step.attempt > 0 && (
          <Fact name="Attempt">
            {step.attempt}
            {plan?.attemptsMax !== undefined && ` of at most ${plan.attemptsMax}`}
            {step.iteration > 1 && `, round ${step.iteration}`}
          </Fact>
        )}
        {step.started_at !== null && (
          <Fact name="Started">
            <RelativeTime at={step.started_at} />
          </Fact>
        )}
        {step.completed_at !== null && (
          <Fact name="Ended">
            <RelativeTime at={step.completed_at} />
          </Fact>
        )}
        {step.usage && <Fact name="Used">{usageWords(step.usage)}</Fact>}
        {limit !== undefined && <Fact name="Time limit">{duration(limit / 1000)}</Fact>}
        {plan?.condition !== undefined && (
          <Fact name="Only if">
            <code className="text-xs">{plan.condition}</code>
          </Fact>
        )}
        {before.length > 0 && (
          <Fact name="After">
            <span className="flex flex-wrap gap-x-3 gap-y-1">
              {before.map(({ stage_id, stage_name }) => (
                <button
                  key={stage_id}
                  type="button"
                  onClick={() => change({ stage: stage_id, line: undefined })}
                  className="touch rounded-sm underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
                >
                  {stage_name}
                </button>
              ))}
            </span>
          </Fact>
        )}
      </Facts>
    </Part>
  );
}
