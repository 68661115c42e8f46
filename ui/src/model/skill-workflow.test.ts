import { expect, it } from "vitest";

import { skillWorkflow } from "./skill-workflow";

it("tells the one who is meant what to do", () => {
  const text = skillWorkflow({ reference: "command:speckit.plan", name: 'The "plan": first' });
  const { workflow, stages } = JSON.parse(text) as {
    workflow: object;
    stages: { roles: { primary: object } }[];
  };
  expect(workflow).toMatchObject({ id: "command-speckit-plan", name: 'The "plan": first' });
  expect(stages[0]?.roles.primary).toEqual({
    artifact: "command:speckit.plan",
    instructions: "${{ parameters.task }}",
  });
});
