// Workflows that journeys go through, for agents of agents.toml.

export const FAILING = `
workflow: { id: nightly, name: Nightly migration, version: "1.0.0" }
stages:
  - { id: prepare, name: Prepare, roles: { primary: { artifact: "agent:writer" } }, outputs: { plan: { type: string } } }
  - id: migrate
    name: Migrate the tables
    depends_on: [prepare]
    roles: { primary: { artifact: "agent:broken" } }
    outputs: { ok: { type: boolean } }
    error_policy: { retry: { max_attempts: 2, initial_interval: "1s" } }
`;

export const GATED = `
workflow: { id: gated, name: Gated release, version: "1.0.0" }
stages:
  - { id: build, name: Build it, roles: { primary: { artifact: "agent:writer" } }, outputs: { text: { type: string } } }
  - { id: agree, name: Agree to it, type: gate, depends_on: [build], gate: { message: "Release it?", timeout: "2h" } }
  - { id: release, name: Release it, depends_on: [agree], roles: { primary: { artifact: "agent:writer" } }, outputs: { text: { type: string } } }
`;

export const SLOW = `
workflow: { id: slow, name: Slow work, version: "1.0.0" }
stages:
  - { id: work, name: Work slowly, roles: { primary: { artifact: "agent:slow" } }, outputs: { text: { type: string } } }
`;

/** Works for a while, and then once more. */
export const STEADY = `
workflow: { id: steady, name: Steady work, version: "1.0.0" }
stages:
  - { id: first, name: The first part, roles: { primary: { artifact: "agent:steady" } }, outputs: { text: { type: string } } }
  - { id: second, name: The second part, depends_on: [first], roles: { primary: { artifact: "agent:writer" } }, outputs: { text: { type: string } } }
`;
