import type { Step } from "@/api/executions";
import { DataView } from "@/components/data-view";
import { Code, Fact, Facts } from "@/components/facts";
import { FoldedEvidence } from "@/features/waiting/evidence";
import { GateForm } from "@/features/waiting/gate-form";
import { QuestionForm } from "@/features/waiting/question-form";
import { SendBack } from "@/features/waiting/send-back";
import { Settled } from "@/features/waiting/settled";
import { Words } from "@/features/waiting/words";
import { plainWords } from "@/model/ansi";
import { fields, shown, textAt } from "@/model/definition";
import { itemOf, keyOf } from "@/model/inbox";
import { outcomeOf } from "@/model/outcome";
import { isStepFailed } from "@/model/status";

import { Part } from "./about-view";
import { Failure } from "./failure";
import type { PanelProps } from "./stage-panel";
import { StageFacts } from "./stage-facts";

/** What matters about a stage at this moment. */
export function SummaryTab({ run, step, history, answered = null, next }: PanelProps) {
  const item = answered === null ? itemOf(run, step) : null;
  return (
    <div className="flex flex-col gap-5">
      {answered && (
        <Settled
          key={keyOf(answered)}
          item={answered}
          outcome={outcomeOf(run, answered)}
          next={next}
        />
      )}
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
          <Code text={plainWords(step.summary)} prose />
        </Part>
      )}
      {step.status === "completed" && fields(step.outputs).length > 0 && (
        <Part title="Brought back">
          <DataView values={step.outputs} />
        </Part>
      )}
      <Decision step={step} />
      <Answers step={step} />
      <StageFacts step={step} plan={history.plan.get(step.stage_id)} steps={run.steps ?? []} />
    </div>
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
        {message !== undefined && (
          <Fact name="Asked">
            <Words text={message} />
          </Fact>
        )}
        <Fact name="Answer">
          {step.status === "completed" ? "approved" : "rejected"} by {by}
        </Fact>
        {reason !== undefined && (
          <Fact name="Reason">
            <Words text={reason} />
          </Fact>
        )}
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
          <Fact key={name} name={<Words text={name} />}>
            <Words text={Array.isArray(value) ? value.map(shown).join(", ") : shown(value)} />
          </Fact>
        ))}
      </Facts>
    </Part>
  );
}
