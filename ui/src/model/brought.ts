// What somebody who decides should have seen: what came of the work before.

import type { Step } from "@/api/executions";

import { fields } from "./definition";

/**
 * The nearest stages before this one that brought something. Gates bring nothing
 * themselves, and a stage that was left out has nothing: it is looked behind them.
 */
export function broughtBefore(steps: readonly Step[], step: Step): Step[] {
  const byId = new Map(steps.map((one) => [one.stage_id, one]));
  const found = new Set<Step>();
  const seen = new Set<string>();
  const ahead = [...step.depends_on];
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    const one = byId.get(id);
    if (one === undefined || seen.has(id)) continue;
    seen.add(id);
    if (hasBrought(one)) found.add(one);
    else ahead.push(...one.depends_on);
  }
  return steps.filter((one) => found.has(one));
}

export function hasBrought({ outputs, summary }: Step): boolean {
  return summary !== null || fields(outputs).length > 0;
}
