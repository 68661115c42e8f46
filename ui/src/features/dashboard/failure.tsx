import { CircleAlert, ScrollText } from "lucide-react";

import type { Step } from "@/api/executions";
import { Button } from "@/components/button";
import { Words } from "@/features/waiting/words";
import { plainWords } from "@/model/ansi";

import { useRunSearch } from "./use-run-search";

/** What a stage says of its failure: in one line, and with all that stood below it. */
export function Failure({ step }: { step: Step }) {
  const { change } = useRunSearch();
  const [first = "", ...more] = (step.error_message ?? "It failed and said nothing.")
    .trim()
    .split("\n");
  const rest = more.join("\n").trimEnd();
  return (
    <section
      aria-label="Failure"
      data-tone="failed"
      className="flex flex-col gap-3 rounded-lg bg-tone-soft p-4"
    >
      <p className="flex items-start gap-2 text-sm text-tone">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <Words text={first} />
        </span>
      </p>
      {rest !== "" && (
        <pre
          role="region"
          aria-label="The rest of the error"
          // What scrolls must be reachable with keys.
          tabIndex={0}
          className="ml-6 max-h-48 overflow-auto rounded-sm font-mono text-xs leading-5 [overflow-wrap:anywhere] whitespace-pre-wrap text-ink-2"
        >
          {plainWords(rest)}
        </pre>
      )}
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
