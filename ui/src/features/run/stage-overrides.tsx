import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useId, useState } from "react";

import { buildAgentsQuery } from "@/api/settings";
import type { Stage } from "@/api/workflows";
import { IconButton } from "@/components/button";
import { Field, Input, Select } from "@/components/field";
import { type Block, textAt } from "@/model/definition";
import { stagesWithWorker, type WorkerKey, withWorker, workerOf } from "@/model/overrides";

/** Another agent or model for some of the stages, this time. */
export function StageOverrides({
  stages,
  directory,
  overrides,
  onChange,
}: {
  stages: readonly Stage[];
  /** The project whose agents are offered, too. */
  directory: string;
  /** Nothing while what is written is no JSON. */
  overrides: Block | undefined;
  onChange: (overrides: Block) => void;
}) {
  const agents = useId();
  const { data } = useQuery(buildAgentsQuery(directory));
  // A stage that was chosen has its fields before anything is written in them.
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  if (overrides === undefined) {
    return (
      <p className="text-xs text-ink-3">
        Stages can be changed here when the JSON below is one object.
      </p>
    );
  }
  const changed = new Set([...opened, ...stagesWithWorker(overrides)]);
  const workers = stages.filter(({ stage_type }) => stage_type === "agent");
  const rows = workers.filter(({ id }) => changed.has(id));
  const others = workers.filter(({ id }) => !changed.has(id));
  const drop = (stage: string) => {
    setOpened(new Set([...opened].filter((one) => one !== stage)));
    const keys: WorkerKey[] = ["artifact", "model"];
    onChange(keys.reduce((left, key) => withWorker(left, stage, key, undefined), overrides));
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-1.5 text-sm font-medium text-ink">Another agent or model</legend>
      {rows.map((stage) => (
        <StageRow
          key={stage.id}
          stage={stage}
          agents={agents}
          overrides={overrides}
          onChange={onChange}
          onDrop={() => drop(stage.id)}
        />
      ))}
      <datalist id={agents}>
        {data?.items.map(({ reference, location }) => (
          <option key={`${reference} ${location}`} value={reference} />
        ))}
      </datalist>
      {others.length > 0 && (
        <Select
          aria-label="Change a stage"
          className="w-full max-w-72"
          value=""
          onChange={(event) => setOpened(new Set([...opened, event.target.value]))}
        >
          <option value="">Change a stage…</option>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </fieldset>
  );
}

function StageRow({
  stage,
  agents,
  overrides,
  onChange,
  onDrop,
}: {
  stage: Stage;
  /** Id of the list of those that are offered. */
  agents: string;
  overrides: Block;
  onChange: (overrides: Block) => void;
  onDrop: () => void;
}) {
  const agent = textAt(stage.roles, "primary", "artifact");
  const model = textAt(stage.roles, "primary", "model");
  const field = (key: WorkerKey) => ({
    value: workerOf(overrides, stage.id, key) ?? "",
    className: "font-mono text-xs",
    onChange: ({ target }: { target: HTMLInputElement }) =>
      onChange(
        withWorker(overrides, stage.id, key, target.value === "" ? undefined : target.value),
      ),
  });
  return (
    <div
      role="group"
      aria-label={stage.name}
      className="rounded-md border border-line px-3 pt-1.5 pb-3"
    >
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-sm font-medium">{stage.name}</span>
        <IconButton label={`Leave ${stage.name} as it is`} size="icon-sm" onClick={onDrop}>
          <X />
        </IconButton>
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Agent">
          {(ids) => <Input {...ids} {...field("artifact")} list={agents} placeholder={agent} />}
        </Field>
        <Field label="Model">
          {(ids) => (
            <Input {...ids} {...field("model")} placeholder={model ?? "as the agent has it"} />
          )}
        </Field>
      </div>
    </div>
  );
}
