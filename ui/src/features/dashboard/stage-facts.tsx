import type { Step } from "@/api/executions";
import type { RunHistory } from "@/api/history";
import { Fact, Facts } from "@/components/facts";
import { RelativeTime } from "@/components/time";
import { Words } from "@/features/waiting/words";
import { duration } from "@/model/time";
import { usageWords } from "@/model/usage";

import { Part } from "./about-view";
import { useRunSearch } from "./use-run-search";

/** Where a stage stands in its run, when it worked and what it used. */
export function StageFacts({
  step,
  plan,
  steps,
}: {
  step: Step;
  plan: ReturnType<RunHistory["plan"]["get"]>;
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
                  <Words text={stage_name} />
                </button>
              ))}
            </span>
          </Fact>
        )}
      </Facts>
    </Part>
  );
}
