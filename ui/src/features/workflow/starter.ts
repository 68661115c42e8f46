/** What a new workflow begins with: short, valid, and with one of each. */
export const STARTER = `workflow:
  id: my-workflow
  name: My workflow
  version: "1.0.0"
  description: What it is for

config:
  parameters:
    topic: { type: string, required: true, description: What it is about }

stages:
  - id: draft
    name: Write a draft
    roles:
      primary:
        artifact: "agent:writer"
        instructions: "Write about \${{ parameters.topic }}."
    outputs:
      text: { type: string }

  - id: review
    name: Review the draft
    type: gate
    depends_on: [draft]
    gate:
      message: "Publish this? \${{ stages.draft.outputs.text }}"
`;
