import {
  Archive,
  Ban,
  Check,
  Circle,
  CircleHelp,
  Clock,
  LoaderCircle,
  type LucideIcon,
  Pause,
  PencilLine,
  Play,
  RotateCcw,
  SkipForward,
  UserRound,
  X,
} from "lucide-react";

import type { RunAction } from "@/model/run-actions";
import { type Glyph, type Status, STATUSES } from "@/model/status";

import { cx } from "./cx";

const DRAWINGS: Readonly<Record<Glyph, LucideIcon>> = {
  ring: Circle,
  spinner: LoaderCircle,
  check: Check,
  cross: X,
  person: UserRound,
  question: CircleHelp,
  bars: Pause,
  slash: Ban,
  skip: SkipForward,
  clock: Clock,
  pencil: PencilLine,
  box: Archive,
};

/** The drawing of a state, in its tone. */
export function StatusIcon({ status, className }: { status: Status; className?: string }) {
  const { glyph, tone } = STATUSES[status];
  const Drawing = DRAWINGS[glyph];
  return (
    <Drawing
      aria-hidden="true"
      data-tone={tone}
      strokeWidth={2.25}
      className={cx(
        "size-3.5 shrink-0 text-tone",
        glyph === "spinner" && "animate-[spin_1.4s_linear_infinite]",
        className,
      )}
    />
  );
}

/** A state in words, colour and drawing. */
export function StatusBadge({ status, className }: { status: Status; className?: string }) {
  const { label, tone } = STATUSES[status];
  return (
    <span
      data-tone={tone}
      className={cx(
        "inline-flex h-5 items-center gap-1.5 rounded-full border border-tone/20 bg-tone-soft pr-2 pl-1.5 text-xs font-medium whitespace-nowrap text-tone",
        className,
      )}
    >
      <StatusIcon status={status} className="size-3" />
      <span className="sr-only">Status: </span>
      {label}
    </span>
  );
}

/** A state where there is no room for words but those that are read aloud. */
export function StatusDot({
  status,
  size = "md",
  className,
}: {
  status: Status;
  size?: "sm" | "md" | "lg";
  className?: string;
}) {
  const { label, tone, moves } = STATUSES[status];
  return (
    <span
      role="img"
      aria-label={`Status: ${label}`}
      title={label}
      data-tone={tone}
      className={cx(
        "relative inline-block shrink-0 rounded-full bg-tone-solid",
        { sm: "size-1.5", md: "size-2", lg: "size-3" }[size],
        className,
      )}
    >
      {moves && (
        <span className="absolute inset-0 animate-[pulse-ring_1.8s_ease-out_infinite] rounded-full bg-tone-solid" />
      )}
    </span>
  );
}

const ACTIONS: Readonly<Record<RunAction, LucideIcon>> = {
  pause: Pause,
  resume: Play,
  cancel: Ban,
  rerun: RotateCcw,
};

/** The drawing of what can be done with a run. */
export function ActionIcon({ action }: { action: RunAction }) {
  const Drawing = ACTIONS[action];
  return <Drawing aria-hidden="true" />;
}
