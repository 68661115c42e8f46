import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { type SubmitEvent, useId } from "react";

import { useStartText } from "@/api/steering";
import type { Project, Skill } from "@/api/projects";
import { useKept } from "@/app/drafts";
import { Button } from "@/components/button";
import { CopyAs } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { Field, Textarea } from "@/components/field";
import { notStarted } from "@/features/run/not-started";
import { useStartKey } from "@/features/run/use-start-key";
import { curl } from "@/model/equivalents";
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
  const keyOf = useStartKey();
  const body = {
    definition: skillWorkflow(skill),
    parameters: { task: task.trim() },
    project_id: project.id,
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const sent = start.mutateAsync(
      { body, key: keyOf(body) },
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
          error={start.error ? notStarted(start.error) : undefined}
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
