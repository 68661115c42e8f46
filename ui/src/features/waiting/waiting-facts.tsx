import { Hourglass, UserRound } from "lucide-react";

import type { Step } from "@/api/executions";
import { RelativeTime } from "@/components/time";
import { askedOf, deadlineOf } from "@/model/run-story";

/** Whom something waits for, since when, and until when. */
export function WaitingFacts({ step }: { step: Step }) {
  const deadline = deadlineOf(step);
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3 [&_svg]:size-3.5">
      <span className="flex items-center gap-1.5">
        <UserRound aria-hidden="true" />
        For {askedOf(step)}
      </span>
      {step.started_at !== null && (
        <span>
          asked <RelativeTime at={step.started_at} />
        </span>
      )}
      {deadline !== null && (
        <span className="flex items-center gap-1.5">
          <Hourglass aria-hidden="true" />
          open until <RelativeTime at={deadline} />
        </span>
      )}
    </p>
  );
}
