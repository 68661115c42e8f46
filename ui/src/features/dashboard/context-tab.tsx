import { DataView } from "@/components/data-view";
import { Code } from "@/components/facts";
import { plainWords } from "@/model/ansi";

import { Part } from "./about-view";
import type { PanelProps } from "./stage-panel";

function told({ step, run, history }: PanelProps) {
  const before = (run.steps ?? []).filter(
    ({ stage_id, summary }) => step.depends_on.includes(stage_id) && summary !== null,
  );
  const instructions = history.plan.get(step.stage_id)?.instructions;
  return { before, instructions, feedback: step.feedback };
}

export function hasContext(props: PanelProps): boolean {
  const { before, instructions, feedback } = told(props);
  return before.length > 0 || instructions !== undefined || feedback !== null;
}

/** What a stage was told besides its inputs. */
export function ContextTab(props: PanelProps) {
  const { before, instructions, feedback } = told(props);
  return (
    <div className="flex flex-col gap-5">
      {feedback !== null && (
        <Part title={`What should be different, said ${feedback.by}`}>
          <Code text={feedback.text ?? "No words were given."} prose />
        </Part>
      )}
      {instructions !== undefined && (
        <Part title="Instructions, as they are written">
          <Code text={instructions} prose className="max-h-none" />
        </Part>
      )}
      {before.map((step) => (
        <Part
          key={step.stage_id}
          title={`What “${plainWords(step.stage_name)}” handed on, in short`}
        >
          <DataView values={{ [step.stage_id]: step.summary }} />
        </Part>
      ))}
    </div>
  );
}
