import { isCode, messageOf } from "@/api/problem";

/** Why there is no run, or that nobody knows whether there is one. */
export function notStarted(error: unknown): string {
  if (!isCode(error, "unreachable")) return `Not started: ${messageOf(error)}`;
  return "No answer came, so it may have started or not. Started again with the same values, it starts only once.";
}
