import { describe, expect, it } from "vitest";

import { usageOfEvent, usageWords } from "./usage";

describe("what agents used", () => {
  it("counts what came from caches as read", () => {
    const usage = {
      input_tokens: 1_000,
      output_tokens: 40,
      cache_read_tokens: 200,
      cache_write_tokens: 50,
      cost_usd: 0.0125,
    };
    expect(usageWords(usage)).toBe("$0.0125 · 1.3K tokens read, 40 written");
  });

  it("says nothing of money that was not told", () => {
    const usage = usageOfEvent({ type: "stage_spent", usage: { input_tokens: 12 } });
    expect(usageWords(usage)).toBe("12 tokens read, 0 written");
  });

  it("reads millionths of a dollar from events", () => {
    const usage = usageOfEvent({ usage: { output_tokens: 7, cost_micros: 12_300 } });
    expect(usage.cost_usd).toBe(0.0123);
    expect(usage.output_tokens).toBe(7);
  });
});
