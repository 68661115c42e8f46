import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useId } from "react";

import { buildProjectsQuery } from "@/api/projects";
import { Field, Input, Textarea } from "@/components/field";

import type { RunForm } from "./use-run-form";

/** What most runs do without. */
export function RunOptions({ form }: { form: RunForm }) {
  const known = useId();
  const { data } = useQuery(buildProjectsQuery());
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
        <Field
          label="Overrides"
          aside="JSON"
          hint={
            <>
              What is different this time, such as{" "}
              <code>
                {'{ "stages": { "draft": { "roles": { "primary": { "model": "haiku" } } } } }'}
              </code>
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
