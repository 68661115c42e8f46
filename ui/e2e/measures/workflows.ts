// Workflows that are measured, made as large as a measure wants them.

const INSTANT = 'roles: { primary: { artifact: "agent:instant" } }';
const MOMENT = 'roles: { primary: { artifact: "agent:quick" } }';
const head = (id: string) => `workflow: { id: ${id}, name: ${id}, version: "1.0.0" }\nstages:\n`;

/** One stage, done at once. */
export const BRIEF = `${head("brief")}  - { id: only, name: Only, ${INSTANT} }\n`;

/** A stage and what it depends on. */
interface Node {
  id: string;
  dependsOn: string[];
}

function write(id: string, who: string, nodes: readonly Node[]): string {
  const stages = nodes.map(({ id: stage, dependsOn }) => {
    const after = dependsOn.length === 0 ? "" : `, depends_on: [${dependsOn.join(", ")}]`;
    return `  - { id: ${stage}, name: Stage ${stage.slice(1)}${after}, ${who} }`;
  });
  return `${head(id)}${stages.join("\n")}\n`;
}

/** So many stages, one after the other, each of which takes a moment. */
export function chain(count: number): string {
  return write("chain", MOMENT, line(count));
}

function line(count: number): Node[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    dependsOn: index === 0 ? [] : [`s${index - 1}`],
  }));
}

/** So many stages, one after the other, each of which talks all the time. */
export function relay(count: number): string {
  return write("relay", 'roles: { primary: { artifact: "agent:talker" } }', line(count));
}

/** Layers of ten, each stage after two of the layer before. */
export function meshOf(count: number): Node[] {
  return Array.from({ length: count }, (_, index) => {
    const before = index - 10;
    const other = before - (before % 10) + ((before + 3) % 10);
    const dependsOn = before < 0 ? [] : [...new Set([`s${before}`, `s${other}`])];
    return { id: `s${index}`, dependsOn };
  });
}

export function mesh(count: number): string {
  return write("mesh", INSTANT, meshOf(count));
}
