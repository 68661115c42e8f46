import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useId, useState } from "react";

import { messageOf } from "@/api/problem";
import { useAddProject } from "@/api/projects";
import { Button } from "@/components/button";
import { CopyAs } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { Field, Input } from "@/components/field";
import { toast } from "@/components/toast";
import { curl } from "@/model/equivalents";

/** Registers a directory, and goes there. */
export function AddProject({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const add = useAddProject();
  const form = useId();
  const [path, setPath] = useState("");
  const [name, setName] = useState("");
  const body = { path: path.trim(), ...(name.trim() !== "" && { name: name.trim() }) };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add.mutate(body, {
      onSuccess: (project) => {
        onClose();
        toast.success(`Added: ${project.name}`);
        void navigate({ to: "/projects/$projectId", params: { projectId: project.id } });
      },
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a project"
      description="Runs that start in its directory belong to it from then on."
      className="max-w-lg"
      footer={
        <>
          <CopyAs
            make={() => [
              { label: "curl", text: curl("POST", `${location.origin}/api/v1/projects`, body) },
            ]}
          />
          <span className="flex-1" />
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" form={form} variant="primary" busy={add.isPending}>
            Add it
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Directory"
          required
          hint="Absolute path, where the server runs."
          error={add.error ? messageOf(add.error) : undefined}
        >
          {(ids) => (
            <Input
              {...ids}
              required
              autoComplete="off"
              spellCheck={false}
              placeholder="/home/me/project"
              className="font-mono"
              value={path}
              onChange={(event) => setPath(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name" hint="As the directory is called, when it is left out.">
          {(ids) => (
            <Input
              {...ids}
              maxLength={255}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
