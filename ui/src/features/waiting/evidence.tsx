import { ChevronRight } from "lucide-react";

import type { Step } from "@/api/executions";
import { DataView } from "@/components/data-view";
import { Code } from "@/components/facts";
import { Part } from "@/components/part";
import { plainWords } from "@/model/ansi";
import { broughtBefore } from "@/model/brought";
import { fields } from "@/model/definition";

import { Words } from "./words";

interface EvidenceProps {
  /** All of the run. */
  steps: readonly Step[];
  /** The one that waits. */
  step: Step;
}

/** What it was given, and what the stages before it brought back. */
export function Evidence({ steps, step }: EvidenceProps) {
  return (
    <>
      {fields(step.inputs).length > 0 && (
        <Part title="It was given">
          <DataView values={step.inputs} />
        </Part>
      )}
      {broughtBefore(steps, step).map((one) => (
        <Part key={one.stage_id} title={`“${plainWords(one.stage_name)}” brought`}>
          <Brought step={one} />
        </Part>
      ))}
    </>
  );
}

/** The same where there is little room: a line for each stage, to be opened. */
export function FoldedEvidence({ steps, step }: EvidenceProps) {
  const before = broughtBefore(steps, step);
  if (before.length === 0) return null;
  return (
    <section aria-label="Brought before">
      <h3 className="mb-1.5 text-xs font-medium text-ink-3">Brought before</h3>
      <div className="divide-y divide-line rounded-md border border-line">
        {before.map((one) => (
          <details key={one.stage_id} className="group min-w-0">
            <summary className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2.5 py-1 text-sm select-none hover:bg-hover pointer-coarse:min-h-11">
              <ChevronRight
                aria-hidden="true"
                className="size-4 shrink-0 text-ink-3 transition-transform group-open:rotate-90"
              />
              <span className="max-w-[60%] shrink-0 truncate font-medium">
                <Words text={one.stage_name} />
              </span>
              <span className="min-w-0 flex-1 truncate text-xs text-ink-3 group-open:invisible">
                <Words text={one.summary ?? namesOf(one)} />
              </span>
            </summary>
            <div className="px-3 pt-1 pb-3">
              <Brought step={one} />
            </div>
          </details>
        ))}
      </div>
    </section>
  );
}

function namesOf({ outputs }: Step): string {
  return fields(outputs)
    .map(([name]) => name)
    .join(", ");
}

function Brought({ step: { summary, outputs } }: { step: Step }) {
  return (
    <>
      {summary !== null && <Code text={plainWords(summary)} prose className="mb-3 last:mb-0" />}
      {fields(outputs).length > 0 && <DataView values={outputs} />}
    </>
  );
}
