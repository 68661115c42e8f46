// What was measured, beside what is asked for.

import { cpus, loadavg } from "node:os";

export interface Measure {
  what: string;
  value: number;
  unit: "ms" | "kB" | "MB" | "";
  /** Not more than this. */
  bar: number;
}

const measures: Measure[] = [];

export function record(measure: Measure): void {
  measures.push(measure);
}

/** Those that miss their bar. */
export function missed(): string[] {
  return measures
    .filter(({ value, bar }) => value > bar)
    .map(({ what, value, unit, bar }) => `${what}: ${shown(value)} ${unit}, not ${bar}`);
}

/** A table for the terminal. */
export function table(): string {
  const rows = measures.map(({ what, value, unit, bar }) => {
    const verdict = value > bar ? "over" : "ok";
    return `${what.padEnd(52)} ${`${shown(value)} ${unit}`.padStart(11)}   at most ${bar} ${unit}  ${verdict}`;
  });
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(", ");
  const machine = `${cpus().length} processors, load ${load}`;
  return ["", ...rows, machine, ""].join("\n");
}

function shown(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

/** The value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[], per: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.ceil((sorted.length * per) / 100) - 1;
  return sorted[Math.max(0, at)] ?? Number.NaN;
}
