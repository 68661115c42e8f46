// Whether a run may be one that its process was taken from.

import type { Execution } from "@/api/executions";

import { isWaiting } from "./status";

/** A run in which nothing is at work goes on at once, unless nobody works on it. */
const IDLE_MS = 30_000;
/** Agents may take their time; after this somebody wants to look. */
const SILENT_MS = 15 * 60_000;

/** Why it seems that nobody works on the run; null when it is in hand, waits, or has ended. */
export function leftAlone(run: Execution, now: number): "idle" | "silent" | null {
  if (run.status !== "pending" && run.status !== "running") return null;
  const steps = run.steps ?? [];
  if (steps.some(({ status }) => isWaiting(status))) return null;
  const quiet = now - Date.parse(run.updated_at);
  const works = steps.some(({ status }) => status === "running");
  if (works) return quiet > SILENT_MS ? "silent" : null;
  return quiet > IDLE_MS ? "idle" : null;
}
