import { ArrowRight, CircleAlert, X } from "lucide-react";
import { useEffect } from "react";

import type { Schemas } from "@/api/client";
import type { Stage } from "@/api/workflows";
import { IconButton } from "@/components/button";
import { Code, Fact, Facts } from "@/components/facts";
import { Part } from "@/components/part";
import { showBelow } from "@/components/show-below";
import { Tag } from "@/components/tag";
import { block, fields, textAt, textsAt } from "@/model/definition";

import { BlockFacts } from "./block-facts";
import { unfolded } from "./unfolded";

/** All that the definition says of a stage. */
export function StagePanel({
  stage,
  stages,
  roles,
  onStage,
}: {
  stage: Stage;
  stages: readonly Stage[];
  roles: readonly Schemas["ResolvedRole"][];
  onStage: (id: string | undefined) => void;
}) {
  useEffect(() => showBelow("stage"), [stage.id]);
  const after = stages.filter(({ depends_on }) => depends_on.includes(stage.id));
  const before = stages.filter(({ id }) => stage.depends_on.includes(id));
  return (
    <aside
      id="stage"
      aria-label={`Stage ${stage.name}`}
      className="flex flex-col self-start rounded-lg border border-line bg-surface shadow-1 lg:sticky lg:top-4 lg:max-h-[calc(100vh-2rem)]"
    >
      <header className="flex items-start gap-2 border-b border-line px-4 py-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold">{stage.name}</h2>
          <p className="text-xs text-ink-3">
            <code>{stage.id}</code> · {stage.stage_type === "gate" ? "gate" : "agent"}
          </p>
        </div>
        <IconButton
          label="Close the stage"
          keys="escape"
          size="icon-sm"
          onClick={() => onStage(undefined)}
        >
          <X />
        </IconButton>
      </header>
      <div className="flex flex-col gap-5 overflow-y-auto px-4 py-4">
        {stage.description !== null && (
          <p className="text-sm whitespace-pre-line text-ink-2">{unfolded(stage.description)}</p>
        )}
        {stage.condition !== null && (
          <Part title="Runs only if">
            <Code text={stage.condition} />
          </Part>
        )}
        <Worker stage={stage} roles={roles} />
        <Gate stage={stage} />
        <Ports title="Given" ports={stage.inputs} />
        <Ports title="Brings back" ports={stage.outputs} />
        <Links title="After" stages={before} onStage={onStage} />
        <Links title="Before" stages={after} onStage={onStage} />
        <Settings title="Handed on" value={stage.handoff} />
        <Settings title="When it fails" value={stage.error_policy} />
        <Settings title="Told besides" value={stage.context} />
      </div>
    </aside>
  );
}

function Worker({ stage, roles }: { stage: Stage; roles: readonly Schemas["ResolvedRole"][] }) {
  const agent = textAt(stage.roles, "primary", "artifact");
  if (agent === undefined) return null;
  const model = textAt(stage.roles, "primary", "model");
  const instructions = textAt(stage.roles, "primary", "instructions");
  const tools = textsAt(stage.roles, "tools");
  const missing = roles.some(({ role_name, resolved }) => role_name === agent && !resolved);
  return (
    <Part title="Who works">
      <div className="flex flex-wrap items-center gap-1.5">
        <code className="text-sm font-medium text-ink">{agent}</code>
        {model !== undefined && <Tag>{model}</Tag>}
        {tools.map((tool) => (
          <Tag key={tool}>{tool}</Tag>
        ))}
      </div>
      {missing && (
        <p data-tone="failed" className="mt-1.5 flex items-center gap-1.5 text-xs text-tone">
          <CircleAlert aria-hidden="true" className="size-3.5" />
          Nobody works for this agent on the server.
        </p>
      )}
      {instructions !== undefined && <Code text={instructions} className="mt-2" prose />}
    </Part>
  );
}

function Gate({ stage }: { stage: Stage }) {
  if (stage.gate === null) return null;
  const message = textAt(stage.gate, "message");
  const approvers = textsAt(stage.gate, "approvers");
  return (
    <Part title="What is decided">
      {message !== undefined && <Code text={message} prose />}
      <Facts className="mt-2">
        <Fact name="By">{approvers.length === 0 ? "anybody" : approvers.join(", ")}</Fact>
        <Fact name="Open for">{textAt(stage.gate, "timeout") ?? "ever"}</Fact>
        <Fact name="Then">{textAt(stage.gate, "on_timeout") ?? "–"}</Fact>
      </Facts>
    </Part>
  );
}

function Ports({ title, ports }: { title: string; ports: Stage["inputs"] }) {
  const list = fields(ports);
  if (list.length === 0) return null;
  return (
    <Part title={title}>
      <ul className="flex flex-col gap-2">
        {list.map(([name, value]) => {
          const port = block(value);
          const source = textAt(value, "source");
          const description = textAt(value, "description");
          return (
            <li key={name} className="text-sm">
              <span className="flex flex-wrap items-baseline gap-x-2">
                <code className="font-medium text-ink">{name}</code>
                <span className="text-xs text-ink-3">
                  {textAt(value, "type")}
                  {port["required"] === false && ", optional"}
                </span>
              </span>
              {description !== undefined && (
                <span className="block text-xs text-ink-3">{description}</span>
              )}
              {source !== undefined && (
                <code className="block text-xs [overflow-wrap:anywhere] text-ink-2">{source}</code>
              )}
            </li>
          );
        })}
      </ul>
    </Part>
  );
}

function Links({
  title,
  stages,
  onStage,
}: {
  title: string;
  stages: readonly Stage[];
  onStage: (id: string) => void;
}) {
  if (stages.length === 0) return null;
  return (
    <Part title={title}>
      <ul className="-mx-1.5 flex flex-col">
        {stages.map(({ id, name }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => onStage(id)}
              className="flex min-h-7 w-full items-center gap-2 rounded-md px-1.5 text-left text-sm hover:bg-hover pointer-coarse:min-h-11"
            >
              <ArrowRight aria-hidden="true" className="size-3.5 text-ink-3" />
              {name}
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Settings({ title, value }: { title: string; value: unknown }) {
  const list = fields(value).filter(([, one]) => one !== false);
  if (list.length === 0) return null;
  return (
    <Part title={title}>
      <BlockFacts fields={list} />
    </Part>
  );
}
