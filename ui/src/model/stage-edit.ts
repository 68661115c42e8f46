// A stage as somebody writes it, and the edit that gives it to a run. The
// server reads the edit; what it finds in there lies in what was written.

const MARGIN = "    ";
const LINES_BEFORE = 2;

export type StageEditType = "insert" | "update";

/** The list of one edit, in YAML. */
export function editText(type: StageEditType, stage: string): string {
  const lines = stage.split("\n").map((line) => (line === "" ? line : MARGIN + line));
  return `- type: ${type}\n  stage:\n${lines.join("\n")}`;
}

interface Position {
  line: number;
  column: number;
}

/** A place of the list, in what was written; its begin where it lies before that. */
export function placeInStage({ line, column }: Position): Position {
  if (line <= LINES_BEFORE) return { line: 1, column: 1 };
  return { line: line - LINES_BEFORE, column: Math.max(1, column - MARGIN.length) };
}

/** A path of the list, in the stage. */
export function pathInStage(path: string): string {
  return path.replace(/^edits\[0\](\.stage)?\.?/, "");
}

interface Neighbour {
  stage_id: string;
  agent: string | null;
}

/** A new stage after another, for somebody to go on with; its id is none of the others'. */
export function stageAfter({ stage_id, agent }: Neighbour, others: readonly Neighbour[]): string {
  const taken = new Set(others.map((other) => other.stage_id));
  let id = `after-${stage_id}`;
  for (let n = 2; taken.has(id); n += 1) id = `after-${stage_id}-${n}`;
  return `id: ${id}
name: New stage
depends_on: [${stage_id}]
roles:
  primary:
    artifact: ${JSON.stringify(agent ?? "agent:name")}
    instructions: |
      What is to be done
`;
}
