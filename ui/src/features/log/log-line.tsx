import { memo } from "react";

import type { LogLine } from "@/api/live";
import { cx } from "@/components/cx";
import { type AnsiColour, markSpans, parseAnsi } from "@/model/ansi";
import { Words } from "@/features/waiting/words";
import { levelOf } from "@/model/log-level";

const COLOURS: Readonly<Record<AnsiColour, string>> = {
  red: "text-ansi-red",
  green: "text-ansi-green",
  yellow: "text-ansi-yellow",
  blue: "text-ansi-blue",
  magenta: "text-ansi-magenta",
  cyan: "text-ansi-cyan",
  grey: "text-ink-3",
};

const LEVELS = { error: "bg-tone-soft", warn: "bg-tone-soft", plain: "" };
const TONES = { error: "failed", warn: "paused", plain: undefined };

/** Where nobody has counted. */
const STAGE_CHARS = 16;

export interface LineProps {
  line: LogLine;
  number: number;
  /** Of which stage, where a log has lines of several. */
  stage: string | undefined;
  /** How long the longest name of a stage is there. */
  stageChars: number | undefined;
  /** The line before it is of another stage. */
  begins: boolean;
  /** The name is shown: it is that of the first line in sight, or another one than before. */
  named: boolean;
  times: boolean;
  wrap: boolean;
  query: string;
  /** The line that the address of the page names. */
  here: boolean;
  onPick: (seq: number) => void;
}

export const LogLineRow = memo(function LogLineRow({
  line,
  number,
  stage,
  stageChars = STAGE_CHARS,
  begins,
  named,
  times,
  wrap,
  query,
  here,
  onPick,
}: LineProps) {
  const level = line.stream === "system" ? "plain" : levelOf(line.message);
  return (
    <div
      data-tone={TONES[level]}
      className={cx(
        "flex min-h-5 w-max min-w-full leading-5 hover:bg-hover",
        wrap && "w-full",
        stage !== undefined &&
          begins &&
          "before:absolute before:inset-x-0 before:top-0 before:h-px before:bg-line",
        LEVELS[level],
        here && "bg-accent-soft shadow-[inset_2px_0_0_var(--accent)] hover:bg-accent-soft",
      )}
    >
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Link to line ${number}`}
        onClick={() => onPick(line.seq)}
        className="sticky left-0 w-14 shrink-0 bg-sunken pr-3 text-right text-ink-3 tabular-nums select-none hover:text-ink max-sm:w-11 max-sm:pr-2"
      >
        {number}
      </button>
      {times && (
        <span className="w-20 shrink-0 text-ink-3 tabular-nums select-none max-sm:hidden">
          {timeOfDay(line.at)}
        </span>
      )}
      {stage !== undefined && (
        <span
          className={cx(
            "max-w-32 shrink-0 truncate pr-3 text-ink-3 select-none max-sm:max-w-20",
            !named && "opacity-0",
          )}
          style={{ width: `calc(${stageChars}ch + 12px)` }}
        >
          <Words text={stage} />
        </span>
      )}
      <span
        data-message
        className={cx(
          // What is written from right to left turns no other line around.
          "min-w-0 pr-4 [unicode-bidi:isolate]",
          wrap ? "flex-1 [overflow-wrap:anywhere] whitespace-pre-wrap" : "whitespace-pre",
          line.stream === "system" && "text-ink-3 italic",
          level === "error" && "text-tone",
        )}
      >
        <Message message={line.message} query={query} />
      </span>
    </div>
  );
});

function Message({ message, query }: { message: string; query: string }) {
  const spans = markSpans(parseAnsi(message), query);
  // An empty line is as high as any other.
  if (spans.length === 0) return " ";
  return spans.map((span, index) => {
    const classes = cx(
      span.colour !== null && COLOURS[span.colour],
      span.dim && span.colour === null && "text-ink-3",
      span.bold && "font-semibold",
      span.italic && "italic",
      span.underline && "underline",
    );
    if (span.marked) {
      return (
        <mark key={index} className={cx("rounded-[2px] bg-mark text-ink", classes)}>
          {span.text}
        </mark>
      );
    }
    return classes === "" ? (
      span.text
    ) : (
      <span key={index} className={classes}>
        {span.text}
      </span>
    );
  });
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });

function timeOfDay(at: string): string {
  return clock.format(new Date(at));
}
