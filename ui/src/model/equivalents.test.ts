import { describe, expect, it } from "vitest";

import { curl, quote, runCommand, runRequest } from "./equivalents";

const START = {
  id: "w1",
  name: "First Steps",
  parameters: { topic: "it's", count: 3, tags: ["a"] },
  directory: undefined,
  overrides: undefined,
};

describe("equivalents", () => {
  it("are quoted for a shell", () => {
    expect(quote("plain-1.0")).toBe("plain-1.0");
    expect(quote("it's")).toBe(`'it'\\''s'`);
    expect(runCommand(START)).toBe(
      `baton run 'First Steps' --param 'topic=it'\\''s' --param count=3 --param 'tags=["a"]'`,
    );
  });

  it("say the same as the form", () => {
    expect(runRequest("http://h", { ...START, parameters: {}, directory: "/p" })).toBe(
      `curl -X POST http://h/api/v1/workflows/w1/run -H 'Content-Type: application/json' -d '{"parameters":{},"directory":"/p"}'`,
    );
    expect(curl("DELETE", "http://h/x")).toBe("curl -X DELETE http://h/x");
    expect(runCommand({ ...START, parameters: {}, overrides: { config: {} } })).toBe(
      `echo '{"config":{}}' | baton run 'First Steps' --override /dev/stdin`,
    );
  });
});
