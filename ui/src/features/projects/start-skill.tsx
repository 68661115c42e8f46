import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";

import { useStartText } from "@/api/steering";
import { messageOf } from "@/api/problem";
import type { Project, Skill } from "@/api/projects";
import { useKept } from "@/app/drafts";
import { Button } from "@/components/button";
import { CopyAs } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { Field, Textarea } from "@/components/field";
import { curl } from "@/model/equivalents";
import { freshKey } from "@/model/fresh-key";
import { skillWorkflow } from "@/model/skill-workflow";

/** Has an agent do one thing in the project, and goes to the run. */
export function StartSkill({
  project,
  skill,
  onClose,
}: {
  project: Project;
  skill: Skill;
  onClose: () => void;
}) {
  const navigate = useNavigate();
  const start = useStartText();
  const form = useId();
  const [task, setTask, forget] = useKept(`skill:${project.id}:${skill.reference}`, "");
  // The same attempt, repeated after a lost answer, starts nothing twice.
  const [key] = useState(freshKey);
  const body = {
    definition: skillWorkflow(skill),
    parameters: { task: task.trim() },
    project_id: project.id,
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const sent = start.mutateAsync(
      { body, key },
      // Whoever has closed the dialog meanwhile is led nowhere.
      {
        onSuccess: ({ id }) =>
          void navigate({ to: "/workflows/executions/$runId", params: { runId: id } }),
      },
    );
    // What was started is no draft any more, also when nobody waits for it; what went wrong is said at the field.
    sent.then(forget, () => undefined);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Start ${skill.name}`}
      description={skill.description ?? `In ${project.path}`}
      className="max-w-xl"
      footer={
        <>
          <CopyAs
            make={() => [
              {
                label: "curl",
                text: curl("POST", `${location.origin}/api/v1/workflow-executions`, body),
              },
            ]}
          />
          <span className="flex-1" />
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" form={form} variant="primary" busy={start.isPending}>
            <Play aria-hidden="true" />
            Start run
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field
          label="What to do"
          hint={
            <>
              Told to <code>{skill.reference}</code>, which works in <code>{project.path}</code>.
            </>
          }
          error={start.error ? `Not started: ${messageOf(start.error)}` : undefined}
        >
          {(ids) => (
            <Textarea
              {...ids}
              className="min-h-28"
              value={task}
              onChange={(event) => setTask(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
