// Workflows that are measured, made as large as a measure wants them.

const agent = 'roles: { primary: { artifact: "agent:instant" } }';
const head = (id: string) => `workflow: { id: ${id}, name: ${id}, version: "1.0.0" }\nstages:\n`;

/** One stage, done at once. */
export const BRIEF = `${head("brief")}  - { id: only, name: Only, ${agent} }\n`;

/** So many stages, one after the other. */
export function chain(count: number): string {
  const stages = Array.from({ length: count }, (_, index) => {
    const after = index === 0 ? "" : `, depends_on: [s${index - 1}]`;
    return `  - { id: s${index}, name: Stage ${index}${after}, ${agent} }`;
  });
  return `${head("chain")}${stages.join("\n")}\n`;
}

/** Layers of ten, each stage after two of the layer before. */
export function mesh(count: number): string {
  const stages = Array.from({ length: count }, (_, index) => {
    const before = index - 10;
    const other = before - (before % 10) + ((before + 3) % 10);
    const after =
      before < 0 ? "" : `, depends_on: [${[...new Set([`s${before}`, `s${other}`])].join(", ")}]`;
    return `  - { id: s${index}, name: Stage ${index}${after}, ${agent} }`;
  });
  return `${head("mesh")}${stages.join("\n")}\n`;
}
