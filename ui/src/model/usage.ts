// What agents used up, as they tell it themselves.

import type { components } from "@/api/schema";

import { block } from "./definition";

export type Usage = components["schemas"]["Usage"];

const COUNT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** `$0.0125 · 1.3K tokens read, 40 written`: caches are read, too. */
export function usageWords(usage: Usage): string {
  const read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  const tokens = `${COUNT.format(read)} tokens read, ${COUNT.format(usage.output_tokens)} written`;
  return usage.cost_usd === null ? tokens : `$${usage.cost_usd.toFixed(4)} · ${tokens}`;
}

/** What an event tells of it; zeros are left out there, and money is whole. */
export function usageOfEvent(event: unknown): Usage {
  const told = block(block(event)["usage"]);
  const count = (name: string) => {
    const value = told[name];
    return typeof value === "number" ? value : 0;
  };
  const micros = told["cost_micros"];
  return {
    input_tokens: count("input_tokens"),
    output_tokens: count("output_tokens"),
    cache_read_tokens: count("cache_read_tokens"),
    cache_write_tokens: count("cache_write_tokens"),
    cost_usd: typeof micros === "number" ? micros / 1_000_000 : null,
  };
}
