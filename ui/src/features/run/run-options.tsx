import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useId } from "react";

import { buildProjectsQuery } from "@/api/projects";
import type { Stage } from "@/api/workflows";
import { Field, Input, Textarea } from "@/components/field";
import { readOverrides, writeOverrides } from "@/model/overrides";

import { StageOverrides } from "./stage-overrides";
import type { RunForm } from "./use-run-form";

/** What most runs do without. */
export function RunOptions({ form, stages }: { form: RunForm; stages: readonly Stage[] }) {
  const known = useId();
  const { data } = useQuery(buildProjectsQuery());
  // A path that is still being written has no agents.
  const project = data?.items.find(({ path }) => path === form.directory.trim());
  const read = readOverrides(form.overrides);
  return (
    <details className="group rounded-md border border-line">
      <summary className="flex h-9 items-center gap-2 rounded-md px-3 text-sm font-medium text-ink-2 select-none hover:bg-hover pointer-coarse:h-11">
        <ChevronRight
          aria-hidden="true"
          className="size-4 text-ink-3 transition-transform group-open:rotate-90"
        />
        Project and overrides
      </summary>
      <div className="flex flex-col gap-5 border-t border-line p-3">
        <Field
          label="Project directory"
          hint="Absolute path on the server. Its agents and overrides count; without one, stages work in a scratch directory."
        >
          {(ids) => (
            <Input
              {...ids}
              list={known}
              placeholder="/home/me/project"
              className="font-mono"
              value={form.directory}
              onChange={(event) => form.setDirectory(event.target.value)}
            />
          )}
        </Field>
        <datalist id={known}>
          {data?.items.map(({ id, path, name }) => (
            <option key={id} value={path} label={name} />
          ))}
        </datalist>
        <StageOverrides
          stages={stages}
          directory={project?.path ?? ""}
          overrides={read.error === undefined ? (read.value ?? {}) : undefined}
          onChange={(overrides) => form.setOverrides(writeOverrides(overrides))}
        />
        <Field
          label="Overrides"
          aside="JSON"
          hint={
            <>
              All that is different this time, such as{" "}
              <code>{'{ "config": { "timeout": "4h" } }'}</code>. What is chosen above stands here,
              too.
            </>
          }
          error={form.overridesError}
        >
          {(ids) => (
            <Textarea
              {...ids}
              spellCheck={false}
              rows={4}
              className="font-mono text-xs"
              value={form.overrides}
              onChange={(event) => form.setOverrides(event.target.value)}
            />
          )}
        </Field>
      </div>
    </details>
  );
}
