// What each stage of a run did, and when, read from the events of the run.

import type { Schemas } from "@/api/client";

import { block, textAt } from "./definition";
import type { StepStatus } from "./status";

export type StoredEvent = Schemas["Event"];

export interface Failure {
  label: string;
  message: string;
}

/** `work` is an agent at work; the others are times in which a stage waits. */
export type SegmentKind = "work" | "retry" | "question" | "gate";

/** An unbroken time in which a stage did one thing. */
export interface Segment {
  stage: string;
  kind: SegmentKind;
  iteration: number;
  attempt: number;
  dispatch: number;
  from: number;
  /** It goes on. */
  to: number | null;
  /** How it ended; null while it goes on, or when the same attempt goes on. */
  end: StepStatus | null;
  failure: Failure | null;
  /** What a turn within an attempt is for. */
  turn: "repair" | "summary" | "restart" | null;
}

export type History = ReadonlyMap<string, readonly Segment[]>;

interface Place {
  iteration: number;
  attempt: number;
  dispatch: number;
}

const TURNS: Readonly<Record<string, Segment["turn"]>> = {
  stage_repairing: "repair",
  stage_summarizing: "summary",
  stage_restarted: "restart",
};

const ENDS: Readonly<Record<string, StepStatus>> = {
  stage_completed: "completed",
  stage_failed: "failed",
  stage_skipped: "skipped",
  stage_cancelled: "cancelled",
  gate_approved: "completed",
  gate_rejected: "failed",
};

/** The segments of each stage, in the order of time. */
export function readHistory(events: readonly StoredEvent[]): History {
  const reader = new HistoryReader();
  for (const event of events) reader.take(event);
  return reader.history;
}

class HistoryReader {
  readonly history = new Map<string, Segment[]>();
  private readonly places = new Map<string, Place>();

  take({ at, event }: StoredEvent): void {
    const type = textAt(event, "type") ?? "";
    const time = Date.parse(at);
    if (type === "run_ended") {
      for (const stage of this.history.keys()) this.close(stage, time, "cancelled", null);
      return;
    }
    const stage = textAt(event, "stage");
    if (stage !== undefined) this.takeOfStage(stage, type, time, event);
  }

  private takeOfStage(stage: string, type: string, time: number, event: unknown): void {
    const failure = failureOf(event);
    const end = ENDS[type];
    if (end !== undefined) {
      const timedOut = end === "failed" && failure?.label === "timeout";
      this.close(stage, time, timedOut ? "timed_out" : end, failure);
      return;
    }
    switch (type) {
      case "stage_started":
      case "stage_restarted":
      case "stage_repairing":
      case "stage_summarizing":
        this.close(stage, time, null, null);
        this.open(stage, "work", time, event, TURNS[type] ?? null);
        break;
      case "stage_retrying":
        this.close(stage, time, failure?.label === "timeout" ? "timed_out" : "failed", failure);
        this.open(stage, "retry", time, event);
        break;
      case "stage_asked":
        this.close(stage, time, null, null);
        this.open(stage, "question", time, event);
        break;
      case "gate_opened":
        this.open(stage, "gate", time, event);
        break;
      case "stage_answered":
        this.close(stage, time, "completed", null);
        break;
      case "stage_reset":
      case "stage_reopened":
        this.close(stage, time, "cancelled", null);
        this.move(stage, event);
        break;
    }
  }

  /** Takes over what the event says about which attempt it is. */
  private move(stage: string, event: unknown): Place {
    const said = block(event);
    const before = this.places.get(stage) ?? { iteration: 1, attempt: 0, dispatch: 0 };
    const read = (key: keyof Place) => {
      const value = said[key];
      return typeof value === "number" ? value : before[key];
    };
    const place = {
      iteration: read("iteration"),
      attempt: read("attempt"),
      dispatch: read("dispatch"),
    };
    this.places.set(stage, place);
    return place;
  }

  private open(
    stage: string,
    kind: SegmentKind,
    from: number,
    event: unknown,
    turn: Segment["turn"] = null,
  ): void {
    const place = this.move(stage, event);
    const segments = this.history.get(stage) ?? [];
    segments.push({ stage, kind, ...place, from, to: null, end: null, failure: null, turn });
    this.history.set(stage, segments);
  }

  private close(stage: string, to: number, end: StepStatus | null, failure: Failure | null): void {
    const last = this.history.get(stage)?.at(-1);
    if (last?.to === null) Object.assign(last, { to, end, failure });
  }
}

function failureOf(event: unknown): Failure | null {
  const failure = block(event)["failure"];
  const message = textAt(failure, "message");
  const label = textAt(failure, "label");
  if (message === undefined && label === undefined) return null;
  return { label: label ?? "error", message: message ?? "" };
}

/** One attempt of a stage: all its turns, and the waiting between them. */
export interface Attempt {
  iteration: number;
  attempt: number;
  segments: readonly Segment[];
  /** The starts that wrote its log, in order. */
  dispatches: readonly number[];
  from: number;
  to: number | null;
  end: StepStatus | null;
  failure: Failure | null;
}

/** The attempts of a stage, the newest first. */
export function attemptsOf(segments: readonly Segment[]): Attempt[] {
  const groups = new Map<string, Segment[]>();
  for (const segment of segments) {
    if (segment.kind === "retry") continue;
    const key = `${segment.iteration}.${segment.attempt}`;
    groups.set(key, [...(groups.get(key) ?? []), segment]);
  }
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      const last = group.at(-1);
      if (!first || !last) return [];
      const works = group.filter(({ kind }) => kind === "work");
      return {
        iteration: first.iteration,
        attempt: first.attempt,
        segments: group,
        dispatches: [...new Set(works.map(({ dispatch }) => dispatch))],
        from: first.from,
        to: last.to,
        end: last.end,
        failure: last.failure,
      };
    })
    .toReversed();
}

/** What the plan of the run says about a stage, as far as it is shown. */
export interface PlannedStage {
  instructions: string | undefined;
  model: string | undefined;
  condition: string | undefined;
  timeoutMs: number | undefined;
  attemptsMax: number | undefined;
}

/** The plan's words about each stage: those it began with, and those of later edits. */
export function readPlan(events: readonly StoredEvent[]): ReadonlyMap<string, PlannedStage> {
  const plan = new Map<string, PlannedStage>();
  for (const { event } of events) {
    const type = event["type"];
    if (type === "run_created") {
      const stages = block(event["plan"])["stages"];
      for (const stage of listOf(stages)) put(plan, stage);
    } else if (type === "graph_edited") {
      for (const edit of listOf(event["edits"])) put(plan, block(edit)["stage"]);
    }
  }
  return plan;
}

function put(plan: Map<string, PlannedStage>, stage: unknown): void {
  const id = textAt(stage, "id");
  if (id === undefined) return;
  const { timeout, retry, kind } = block(stage);
  const attemptsMax = block(retry)["attempts_max"];
  plan.set(id, {
    instructions: textAt(kind, "instructions"),
    model: textAt(kind, "model"),
    condition: textAt(stage, "condition"),
    timeoutMs: typeof timeout === "number" ? timeout : undefined,
    attemptsMax: typeof attemptsMax === "number" ? attemptsMax : undefined,
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
