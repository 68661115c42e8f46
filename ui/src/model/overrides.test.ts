import { expect, it } from "vitest";

import { readOverrides, stagesWithWorker, withWorker, workerOf, writeOverrides } from "./overrides";

it("reads an object and nothing else", () => {
  expect(readOverrides(" ")).toEqual({});
  expect(readOverrides('{"config":{}}')).toEqual({ value: { config: {} } });
  expect(readOverrides("[1]").error).toBeDefined();
  expect(readOverrides("{").error).toBeDefined();
});

it("changes one field, and leaves all else as it was written", () => {
  const before = {
    config: { timeout: "4h" },
    stages: { draft: { roles: { tools: [], primary: { model: "haiku" } } } },
  };
  const changed = withWorker(before, "draft", "artifact", "agent:poet");
  expect(workerOf(changed, "draft", "artifact")).toBe("agent:poet");
  expect(workerOf(changed, "draft", "model")).toBe("haiku");
  expect(changed).toMatchObject({ config: { timeout: "4h" } });
  expect(stagesWithWorker(withWorker(changed, "check", "model", "opus"))).toEqual([
    "draft",
    "check",
  ]);
  expect(stagesWithWorker(withWorker({}, "check", "artifact", "agent:poet"))).toEqual(["check"]);
  expect(before.stages.draft.roles.primary).toEqual({ model: "haiku" });
});

it("takes out what holds nothing any more", () => {
  const one = withWorker({}, "draft", "model", "haiku");
  expect(writeOverrides(one)).toBe(JSON.stringify(one, null, 2));
  const none = withWorker(one, "draft", "model", undefined);
  expect(none).toEqual({});
  expect(writeOverrides(none)).toBe("");
  expect(withWorker({ stages: { draft: { x: 1 } } }, "draft", "model", undefined)).toEqual({
    stages: { draft: { x: 1 } },
  });
  expect(stagesWithWorker({ stages: { draft: { roles: { tools: [] } } } })).toEqual([]);
});
