import { expect, it } from "vitest";

import { itemsOf, makeRun, makeStep } from "@/testing/runs";

import { createAsked } from "./asked";

const gate = makeStep({ stage_id: "g", status: "waiting_for_approval", gate: {} });
const known = itemsOf([makeRun({ id: "r", status: "running", steps: [gate] })]);

it("knows what begins to wait, and what happens to what waits", () => {
  const ofInbox = createAsked(() => known);
  const about = (stage_id?: string, execution_id = "r") => ({
    execution_id,
    ...(stage_id !== undefined && { stage_id }),
  });
  expect(ofInbox("stage_completed", about("other"))).toBe(false);
  expect(ofInbox("execution_completed", about(undefined, "elsewhere"))).toBe(false);
  expect(ofInbox("gate_approved", about("g"))).toBe(true);
  expect(ofInbox("execution_paused", about())).toBe(true);
  expect(ofInbox("graph_edited", about())).toBe(true);
  // It has begun to wait since the inbox was read, so its end matters, too.
  expect(ofInbox("stage_answered", about("q", "new"))).toBe(false);
  expect(ofInbox("stage_waiting_for_input", about("q", "new"))).toBe(true);
  expect(ofInbox("stage_answered", about("q", "new"))).toBe(true);
  expect(ofInbox("stage_completed", about("q", "new"))).toBe(false);
  // So do those of several, until the run is over.
  for (const stage of ["q", "r", "s"]) ofInbox("stage_waiting_for_input", about(stage, "new"));
  expect(ofInbox("stage_answered", about("q", "new"))).toBe(true);
  expect(ofInbox("stage_answered", about("r", "new"))).toBe(true);
  expect(ofInbox("execution_completed", about(undefined, "new"))).toBe(true);
  expect(ofInbox("stage_cancelled", about("s", "new"))).toBe(false);
});

it("takes everything for it as long as nobody knows what waits", () => {
  const ofInbox = createAsked(() => undefined);
  expect(ofInbox("stage_completed", { execution_id: "r", stage_id: "a" })).toBe(true);
});
