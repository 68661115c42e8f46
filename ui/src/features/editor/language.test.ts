import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState, Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";

import type { Finding } from "@/api/workflows";
import { fakeServer } from "@/testing/server";

import { complete, diagnosticOf } from "./language";

const FINDING: Finding = {
  code: "SWDL-E0401",
  severity: "error",
  category: "dag",
  message: "`a` depends on `b`, which does not exist",
  help: "known here: c",
  stage_id: null,
  field: null,
  path: "stages[0].depends_on[0]",
  file: null,
  span: { start: { line: 2, column: 3 }, end: { line: 2, column: 5 } },
};

describe("diagnosticOf", () => {
  const text = Text.of(["stages:", "- id: a"]);

  it("marks the place of a finding", () => {
    expect(diagnosticOf(text, FINDING)).toMatchObject({
      from: 10,
      to: 12,
      severity: "error",
      source: "SWDL-E0401",
      message: "`a` depends on `b`, which does not exist\nknown here: c",
    });
  });

  it("marks the first line when nobody knows the place", () => {
    expect(diagnosticOf(text, { ...FINDING, span: null })).toMatchObject({ from: 0, to: 7 });
  });
});

describe("complete", () => {
  const ask = (doc: string, explicit = false) =>
    complete(new CompletionContext(EditorState.create({ doc }), doc.length, explicit));

  it("offers what the server does, in place of what is there", async () => {
    const server = fakeServer({
      "POST /workflows/complete": () => ({
        prefix: "na",
        items: [
          { label: "name", kind: "key", detail: "What people call it." },
          { label: "namespace", kind: "value", detail: null },
        ],
      }),
    });
    const result = await ask("workflow:\n  na");
    expect(server.asked[0]?.body).toMatchObject({ position: { line: 2, column: 5 } });
    expect(result?.from).toBe(12);
    expect(result?.options.map(({ apply }) => apply)).toEqual(["name: ", "namespace"]);
  });

  it("keeps quiet where nobody asks, where nothing fits, and without a server", async () => {
    fakeServer({ "POST /workflows/complete": () => ({ prefix: "", items: [] }) });
    expect(await ask("workflow:\n\n")).toBeNull();
    expect(await ask("workflow:\n\n", true)).toBeNull();
    fakeServer({});
    expect(await ask("workflow:\n  na")).toBeNull();
  });
});
