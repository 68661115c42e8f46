// What is different for one run: the block that the API takes, changed field by field.

import { type Block, block, textAt } from "./definition";

/** Who works on a stage: keys of `roles.primary`. */
export type WorkerKey = "artifact" | "model";

/** What a text of overrides says; nothing when it says nothing. */
export function readOverrides(text: string): { value?: Block; error?: string } {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { value: block(value) };
    }
  } catch {
    // The same words for both.
  }
  return { error: "This is not a JSON object." };
}

export function writeOverrides(overrides: Block): string {
  return Object.keys(overrides).length === 0 ? "" : JSON.stringify(overrides, null, 2);
}

/** What the overrides say of who works on a stage. */
export function workerOf(overrides: Block, stage: string, key: WorkerKey): string | undefined {
  return textAt(overrides, "stages", stage, "roles", "primary", key);
}

/** The stages for which they say who works. */
export function stagesWithWorker(overrides: Block): string[] {
  return Object.keys(block(overrides["stages"])).filter(
    (stage) =>
      workerOf(overrides, stage, "artifact") !== undefined ||
      workerOf(overrides, stage, "model") !== undefined,
  );
}

/** Sets it, or takes it out with what then holds nothing any more; all else stays. */
export function withWorker(
  overrides: Block,
  stage: string,
  key: WorkerKey,
  value: string | undefined,
): Block {
  return withAt(overrides, ["stages", stage, "roles", "primary", key], value);
}

function withAt(at: Block, [key, ...rest]: readonly string[], value: string | undefined): Block {
  if (key === undefined) return at;
  const { [key]: before, ...others } = at;
  if (rest.length === 0) return value === undefined ? others : { ...at, [key]: value };
  const inner = withAt(block(before), rest, value);
  return Object.keys(inner).length === 0 ? others : { ...at, [key]: inner };
}
