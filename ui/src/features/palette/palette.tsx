// Everything that can be found or done, by its name.

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Play } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useDeferredValue, useRef, useState } from "react";

import { buildWorkflowSearch } from "@/api/workflows";
import { Keys } from "@/components/keys";
import { leadBack } from "@/components/lead-back";
import { StatusIcon } from "@/components/status";
import { RelativeTime } from "@/components/time";
import { whyNotRun } from "@/features/library/use-workflow-actions";
import { stages } from "@/features/library/workflow-summary";
import { byNameRank } from "@/model/name-rank";
import { summaryOf } from "@/model/parameters";
import { shortId } from "@/model/short-id";

import { fits } from "./fits";
import { PaletteItem } from "./palette-item";
import { useCommands } from "./use-commands";
import { useFoundRuns } from "./use-found-runs";
import { useFoundStages } from "./use-found-stages";

const GROUP =
  "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3";

export default function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState("");
  const search = useDeferredValue(words.trim());
  const workflows = useQuery(buildWorkflowSearch(search));
  const { commands, openWorkflow, openRun, runWorkflow } = useCommands(onClose, onHelp);

  const fitting = commands.filter(({ name, also }) => fits(`${name} ${also ?? ""}`, search));
  const found = byNameRank(fitting, search, ({ name }) => name);
  const runs = useFoundRuns(search);
  const foundStages = useFoundStages(search);
  // What fitted the last letters need not fit these.
  const named = (workflows.data?.items ?? []).filter(
    ({ name }) => !workflows.isPlaceholderData || fits(name, search),
  );
  const items = byNameRank(named, search, ({ name }) => name);
  const shown = search === "" ? items.slice(0, 5) : items;
  const runnable =
    search === "" ? [] : shown.filter((workflow) => whyNotRun(workflow) === null).slice(0, 3);

  // What is chosen may be gone when the answer to the next letter comes.
  const values = [
    ...foundStages.map(({ id }) => `stage ${id}`),
    ...shown.map(({ id }) => `workflow ${id}`),
    ...runnable.map(({ id }) => `run ${id}`),
    ...runs.map(({ id }) => `execution ${id}`),
    ...found.map(({ name }) => `command ${name}`),
  ];
  const value = values.includes(chosen) ? chosen : (values[0] ?? "");
  // The library leads back to a trigger of its own, of which there is none here.
  const opener = useRef<Element | null>(null);

  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div className="fixed inset-0 z-40 animate-[fade-in_.12s] bg-backdrop" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={() => {
            opener.current = document.activeElement;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            leadBack(opener.current);
          }}
          className="fixed inset-x-0 top-[max(9vh,12px)] z-50 mx-auto flex max-h-[70vh] w-[calc(100vw-24px)] max-w-2xl animate-[rise-in_.14s_ease-out] flex-col overflow-hidden rounded-xl bg-raised shadow-3 outline-none"
        >
          <Radix.Title className="sr-only">Search and do</Radix.Title>
          <Command
            shouldFilter={false}
            value={value}
            onValueChange={setChosen}
            loop
            label="Search and do"
            className="flex min-h-0 flex-col"
          >
            <Command.Input
              value={words}
              onValueChange={(next) => {
                setWords(next);
                setChosen("");
              }}
              placeholder="Find a workflow or a run, or do something…"
              className="h-13 shrink-0 border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-ink-3"
            />
            <Command.List
              tabIndex={-1}
              className="min-h-0 flex-1 scroll-py-2 overflow-y-auto overscroll-contain p-1.5"
            >
              <Command.Empty className="px-4 py-10 text-center text-sm text-ink-3">
                Nothing is called “{search}”.
              </Command.Empty>
              {foundStages.length > 0 && (
                <Command.Group heading="Stages" className={GROUP}>
                  {foundStages.map(({ id, name, icon, detail, open }) => (
                    <PaletteItem
                      key={id}
                      value={`stage ${id}`}
                      icon={icon}
                      detail={detail}
                      onSelect={() => {
                        onClose();
                        open();
                      }}
                    >
                      {name}
                    </PaletteItem>
                  ))}
                </Command.Group>
              )}
              {shown.length > 0 && (
                <Command.Group heading="Workflows" className={GROUP}>
                  {shown.map((workflow) => (
                    <PaletteItem
                      key={workflow.id}
                      value={`workflow ${workflow.id}`}
                      icon={<StatusIcon status={workflow.status} className="size-4" />}
                      detail={stages(workflow.stage_count)}
                      onSelect={() => openWorkflow(workflow.id)}
                    >
                      {workflow.name}
                    </PaletteItem>
                  ))}
                </Command.Group>
              )}
              {runnable.length > 0 && (
                <Command.Group heading="Run" className={GROUP}>
                  {runnable.map((workflow) => (
                    <PaletteItem
                      key={workflow.id}
                      value={`run ${workflow.id}`}
                      icon={<Play aria-hidden="true" className="size-4 text-ink-3" />}
                      onSelect={() => runWorkflow(workflow.id)}
                    >
                      Run {workflow.name}
                    </PaletteItem>
                  ))}
                </Command.Group>
              )}
              {runs.length > 0 && (
                <Command.Group heading="Executions" className={GROUP}>
                  {runs.map((run) => (
                    <PaletteItem
                      key={run.id}
                      value={`execution ${run.id}`}
                      icon={<StatusIcon status={run.status} className="size-4" />}
                      detail={<RelativeTime at={run.created_at} />}
                      onSelect={() => openRun(run.id)}
                    >
                      {run.workflow_name}
                      <code className="ml-2 text-xs text-ink-3">{shortId(run.id)}</code>
                      <span className="ml-2 text-xs text-ink-3">{summaryOf(run.parameters)}</span>
                    </PaletteItem>
                  ))}
                </Command.Group>
              )}
              {found.length > 0 && (
                <Command.Group heading="Commands" className={GROUP}>
                  {found.map(({ name, icon: Icon, keys, run }) => (
                    <PaletteItem
                      key={name}
                      value={`command ${name}`}
                      icon={<Icon aria-hidden="true" className="size-4 text-ink-3" />}
                      detail={keys !== undefined && <Keys keys={keys} />}
                      onSelect={run}
                    >
                      {name}
                    </PaletteItem>
                  ))}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
