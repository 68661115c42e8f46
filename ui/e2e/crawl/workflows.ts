// Workflows that the crawl goes through.

const WRITER = 'roles: { primary: { artifact: "agent:writer" } }';

/** One part is done, the next is at work until somebody ends it, and the last never begins. */
export const ENDLESS = `
workflow: { id: endless, name: Endless work, version: "1.0.0" }
stages:
  - { id: first, name: The first part, ${WRITER}, outputs: { text: { type: string } } }
  - { id: work, name: Work without an end, depends_on: [first], roles: { primary: { artifact: "agent:endless" } }, outputs: { text: { type: string } } }
  - { id: last, name: The last part, depends_on: [work], ${WRITER}, outputs: { text: { type: string } } }
`;

/** Asks for one value of every type. */
export const TYPED = `
workflow: { id: typed, name: Values of every type, version: "1.0.0", description: Asks for one value of every type, tags: [types] }
config:
  parameters:
    topic: { type: string, required: true, description: What to write about }
    number: { type: integer, required: true, description: Number of the change }
    dry_run: { type: boolean, default: false, description: Stop before anything is applied }
    limit: { type: number, default: 2.5 }
    regions: { type: "array<string>", default: [north, south] }
    limits: { type: object, default: { rows_per_second: 2000 } }
    opinion: { type: artifact_ref, default: "agent:writer" }
stages:
  - { id: write, name: Write it, ${WRITER}, outputs: { text: { type: string } } }
  - { id: check, name: Check it, depends_on: [write], ${WRITER}, outputs: { text: { type: string } } }
`;

/** Cannot run: what it depends on is not there. */
export const BROKEN = `
workflow: { id: broken, name: Broken workflow, version: "1.0.0" }
stages:
  - { id: first, name: The first part, ${WRITER} }
  - { id: second, name: The second part, depends_on: [nobody], ${WRITER} }
`;
