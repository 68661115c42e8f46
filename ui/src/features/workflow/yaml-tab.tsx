import { Save, Undo2 } from "lucide-react";
import { useState } from "react";

import type { Finding, Workflow } from "@/api/workflows";
import { Button } from "@/components/button";
import { tip } from "@/components/tooltip";
import { ProblemCount, Problems } from "@/features/editor/problems";
import { YamlEditor } from "@/features/editor/yaml-editor";

import type { Definition } from "./use-definition";

export default function YamlTab({
  workflow,
  definition,
}: {
  workflow: Workflow;
  definition: Definition;
}) {
  const [findings, setFindings] = useState<readonly Finding[] | null>([]);
  const { dirty, editor, save } = definition;
  return (
    <div className="flex h-[max(440px,calc(100vh-280px))] flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-1">
      <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-1.5 whitespace-nowrap">
        <ProblemCount findings={findings} />
        <span className="flex-1" />
        {dirty && (
          <span
            data-tone="paused"
            className="relative flex items-center gap-1.5 text-xs font-medium text-tone"
          >
            <span aria-hidden="true" className="size-1.5 rounded-full bg-tone-solid" />
            <span className="max-sm:sr-only">Not saved</span>
          </span>
        )}
        {dirty && (
          <Button variant="ghost" size="sm" onClick={definition.takeBack}>
            <Undo2 aria-hidden="true" />
            <span className="max-sm:sr-only">Take back</span>
          </Button>
        )}
        <span {...tip("Save", "mod+s")}>
          <Button
            size="sm"
            variant={dirty ? "primary" : "secondary"}
            disabled={!dirty}
            busy={definition.busy}
            onClick={() => save()}
          >
            <Save aria-hidden="true" />
            Save
          </Button>
        </span>
      </div>
      <YamlEditor
        key={definition.generation}
        ref={editor}
        label={`Definition of ${workflow.name}`}
        initial={definition.text}
        onChange={definition.write}
        onFindings={setFindings}
        onSave={() => save()}
        className="flex-1"
      />
      {findings !== null && findings.length > 0 && (
        <div className="border-t border-line">
          <Problems findings={findings} onGoTo={(place) => editor.current?.goTo(place)} />
        </div>
      )}
    </div>
  );
}
