import { useQuery } from "@tanstack/react-query";
import { Eraser, History, Play } from "lucide-react";
import { useRef } from "react";

import { buildRecentQuery, type Execution } from "@/api/executions";
import { useRunWorkflow } from "@/api/steering";
import { ApiError } from "@/api/problem";
import type { Workflow } from "@/api/workflows";
import { Alert } from "@/components/alert";
import { Button } from "@/components/button";
import { CopyAs } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { KeyForm } from "@/components/key-form";
import { tip } from "@/components/tooltip";
import { runCommand, runRequest } from "@/model/equivalents";
import { formOf, parametersOf } from "@/model/parameters";

import { EqualRuns } from "./equal-runs";
import { notStarted } from "./not-started";
import { ParameterField } from "./parameter-field";
import { PlanPreview } from "./plan-preview";
import { RunOptions } from "./run-options";
import { useRunForm } from "./use-run-form";
import { useStartKey } from "./use-start-key";

/** Asks for what a run needs, shows what it would do, and starts it. */
export default function RunDialog({
  workflow,
  from,
  onStarted,
  onClose,
}: {
  workflow: Workflow;
  /** The run whose values it begins with. */
  from?: Execution;
  onStarted: (run: Execution) => void;
  onClose: () => void;
}) {
  const parameters = parametersOf(workflow.parameters);
  const form = useRunForm(workflow.id, parameters, from);
  const { mutateAsync, isPending, error } = useRunWorkflow();
  const keyOf = useStartKey();
  const body = useRef<HTMLFormElement>(null);
  const { data: recent } = useQuery(buildRecentQuery(workflow.id, 1));
  const last = recent?.[0];

  const start = () => {
    if (isPending) return;
    if (!form.check()) {
      queueMicrotask(() => body.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    const sent = mutateAsync(
      { workflowId: workflow.id, options: form.options, key: keyOf(form.options) },
      // Whoever has closed the dialog meanwhile is led nowhere.
      { onSuccess: onStarted },
    );
    // What has become a run is no draft any more, also when nobody waits for it; the dialog says what went wrong.
    sent.then(form.forget, () => undefined);
  };
  const words = {
    id: workflow.id,
    name: workflow.name,
    parameters: form.options.parameters ?? {},
    directory: form.options.directory ?? undefined,
    overrides: form.options.overrides ?? undefined,
  };
  const refused = error instanceof ApiError ? error.findings : [];

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Run ${workflow.name}`}
      description={`v${workflow.version} · ${workflow.stage_count} stages`}
      className="max-w-5xl"
      initialFocus={() => body.current?.querySelector<HTMLElement>("input, textarea") ?? null}
      footer={
        <>
          <EqualRuns workflow={workflow} values={words.parameters} />
          <CopyAs
            make={() => [
              { label: "CLI", text: runCommand(words) },
              { label: "curl", text: runRequest(location.origin, words) },
            ]}
          />
          <span className="flex-1" />
          <Button onClick={onClose}>Cancel</Button>
          <span {...tip("Start", "mod+enter")}>
            <Button variant="primary" busy={isPending} onClick={start}>
              <Play aria-hidden="true" />
              Start run
            </Button>
          </span>
        </>
      }
    >
      <div className="grid gap-x-8 gap-y-6 md:grid-cols-[minmax(0,1fr)_minmax(0,340px)]">
        <KeyForm
          ref={body}
          aria-label="What the run is started with"
          onSubmit={start}
          className="flex min-w-0 flex-col gap-5"
        >
          {error !== null && (
            <Alert>
              <p className="font-medium">{notStarted(error)}</p>
              {refused.length > 1 && (
                <ul className="mt-1 list-disc pl-5">
                  {refused.map((finding) => (
                    <li key={`${finding.code}${finding.path}`}>{finding.message}</li>
                  ))}
                </ul>
              )}
            </Alert>
          )}
          <div className="flex flex-wrap gap-2 empty:hidden">
            {last && parameters.length > 0 && (
              <Button size="sm" onClick={() => form.fill(formOf(parameters, last.parameters))}>
                <History aria-hidden="true" />
                Use the values of the last run
              </Button>
            )}
            {!form.empty && (
              <Button size="sm" variant="ghost" onClick={form.clear}>
                <Eraser aria-hidden="true" />
                Empty the fields
              </Button>
            )}
          </div>
          {parameters.length === 0 && (
            <p className="text-sm text-ink-3">This workflow has no parameters.</p>
          )}
          {parameters.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              value={form.values[parameter.name] ?? ""}
              error={form.errors[parameter.name]}
              onChange={(value) => form.set(parameter.name, value)}
              onBlur={() => {
                // Words that come while somebody presses on something would move it away.
                if ((form.values[parameter.name] ?? "") !== "") form.touch(parameter.name);
              }}
            />
          ))}
          <RunOptions form={form} stages={workflow.stages ?? []} />
          <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
        </KeyForm>
        <PlanPreview plan={form.plan} />
      </div>
    </Dialog>
  );
}
