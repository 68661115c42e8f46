import { describe, expect, it } from "vitest";

import { editText, pathInStage, placeInStage, stageAfter } from "./stage-edit";

describe("editText", () => {
  it("puts a stage into a list of one edit, empty lines as they are", () => {
    expect(editText("update", "id: a\n\nname: |\n  A")).toBe(
      "- type: update\n  stage:\n    id: a\n\n    name: |\n      A",
    );
  });
});

describe("placeInStage", () => {
  it("finds places in what was written", () => {
    expect(placeInStage({ line: 3, column: 5 })).toEqual({ line: 1, column: 1 });
    expect(placeInStage({ line: 6, column: 7 })).toEqual({ line: 4, column: 3 });
  });

  it("takes what lies before it to its begin", () => {
    expect(placeInStage({ line: 1, column: 9 })).toEqual({ line: 1, column: 1 });
    expect(placeInStage({ line: 3, column: 2 })).toEqual({ line: 1, column: 1 });
  });
});

it("names a path as the stage has it", () => {
  expect(pathInStage("edits[0].stage.inputs.a.source")).toBe("inputs.a.source");
  expect(pathInStage("edits[0]")).toBe("");
  expect(pathInStage("stages.b.depends_on[0]")).toBe("stages.b.depends_on[0]");
});

it("begins a stage after another under a name that is free", () => {
  const draft = { stage_id: "draft", agent: "agent:writer" };
  const text = stageAfter(draft, [draft, { stage_id: "after-draft", agent: null }]);
  expect(text).toContain("id: after-draft-2\n");
  expect(text).toContain("depends_on: [draft]\n");
  expect(text).toContain('artifact: "agent:writer"\n');
  expect(stageAfter({ stage_id: "gate", agent: null }, [])).toContain('artifact: "agent:name"');
});
