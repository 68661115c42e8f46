// A workflow that does one thing: what a page of a project tells an agent.

export interface SkillWords {
  /** How a workflow refers to it, such as `command:plan`. */
  reference: string;
  name: string;
}

/** The definition; as JSON, which is YAML too, whatever the name has in it. */
export function skillWorkflow({ reference, name }: SkillWords): string {
  const definition = {
    workflow: { id: idOf(reference), name, version: "1.0.0" },
    config: { parameters: { task: { type: "string", default: "", description: "What to do" } } },
    stages: [
      {
        id: "skill",
        name,
        roles: { primary: { artifact: reference, instructions: "${{ parameters.task }}" } },
        outputs: { result: { type: "string", description: "What was done" } },
      },
    ],
  };
  return `${JSON.stringify(definition, null, 2)}\n`;
}

function idOf(reference: string): string {
  const id = reference
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return /^[a-z]/.test(id) ? id : `skill-${id}`;
}
