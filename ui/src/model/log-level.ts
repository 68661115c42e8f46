// How serious a line of a log is, by what programs usually write.

import { plainText } from "./ansi";

export type LogLevel = "error" | "warn" | "plain";

/** Words in lower case count only where a level stands: `0 errors, no error here` reports none. */
const ERRORS = [
  /^\W{0,3}(?:error|fatal|panic(?:ked)?|critical)\b/i,
  /\[(?:error|fatal)\]|\blevel=(?:error|fatal)\b|^Traceback \(/i,
  /\b(?:ERROR|FATAL)\b/,
];
const WARNINGS = [/^\W{0,3}warn(?:ing)?\b/i, /\[warn(?:ing)?\]|\blevel=warn/i, /\bWARN(?:ING)?\b/];
/** Nobody writes the level at the end of a long line. */
const LOOKED_AT = 300;

export function levelOf(message: string): LogLevel {
  const text = plainText(message.slice(0, LOOKED_AT));
  if (ERRORS.some((pattern) => pattern.test(text))) return "error";
  return WARNINGS.some((pattern) => pattern.test(text)) ? "warn" : "plain";
}
