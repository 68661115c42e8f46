import { Save, Undo2 } from "lucide-react";
import { useRef, useState } from "react";

import { isCode } from "@/api/problem";
import { type Finding, useReplaceWorkflow, type Workflow } from "@/api/workflows";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { toast } from "@/components/toast";
import { tip } from "@/components/tooltip";
import { LeaveDialog } from "@/features/editor/leave-dialog";
import { ProblemCount, Problems } from "@/features/editor/problems";
import { YamlEditor, type YamlEditorHandle } from "@/features/editor/yaml-editor";

import { ConflictDialog } from "./conflict-dialog";

/** What becomes of it when it is saved with its errors. */
const WITH_ERRORS: Readonly<Record<Workflow["status"], string>> = {
  draft: "Nothing is lost, but it cannot run until they are mended.",
  published:
    "It becomes a draft, cannot run until they are mended, and must be published again then.",
  archived: "It becomes a draft, and must be archived again once they are mended.",
};

function savedWords(before: Workflow["status"], isValid: boolean): string {
  if (isValid) return "Saved";
  return before === "draft" ? "Saved with errors" : "Saved with errors; it is a draft now";
}

export default function YamlTab({ workflow }: { workflow: Workflow }) {
  const saved = workflow.definition ?? "";
  const [text, setText] = useState(saved);
  // The text and the revision that the changes are based on.
  const [base, setBase] = useState({ text: saved, revision: workflow.revision });
  const [findings, setFindings] = useState<readonly Finding[] | null>([]);
  const [asksDraft, setAsksDraft] = useState(false);
  const [conflict, setConflict] = useState(false);
  const [generation, setGeneration] = useState(0);
  const editor = useRef<YamlEditorHandle>(null);
  const { mutate, isPending } = useReplaceWorkflow(workflow.id);
  const dirty = text !== base.text;

  // Somebody else saved, and nothing was written here: theirs is shown.
  if (workflow.revision > base.revision && !dirty && !isPending) {
    setBase({ text: saved, revision: workflow.revision });
    setText(saved);
    setGeneration((one) => one + 1);
  }

  const save = (more: { draft?: boolean; revision?: number } = {}) => {
    if (!dirty || isPending) return;
    const change = { text, revision: base.revision, draft: false, ...more };
    mutate(change, {
      onSuccess: (done) => {
        setBase({ text, revision: done.revision });
        setAsksDraft(false);
        setConflict(false);
        toast.success(savedWords(workflow.status, done.is_valid));
      },
      onError: (error) => {
        if (isCode(error, "invalid_definition")) setAsksDraft(true);
        else if (isCode(error, "changed_meanwhile")) setConflict(true);
        else toast.error("Not saved", error);
      },
    });
  };
  const takeTheirs = () => {
    editor.current?.replace(saved);
    setText(saved);
    setBase({ text: saved, revision: workflow.revision });
    setConflict(false);
  };

  return (
    <div className="flex h-[max(440px,calc(100vh-280px))] flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-1">
      <div className="flex min-h-11 items-center gap-3 border-b border-line px-4 py-1.5">
        <ProblemCount findings={findings} />
        <span className="flex-1" />
        {dirty && (
          <span
            data-tone="paused"
            className="flex items-center gap-1.5 text-xs font-medium text-tone"
          >
            <span aria-hidden="true" className="size-1.5 rounded-full bg-tone-solid" />
            Not saved
          </span>
        )}
        {dirty && (
          <Button variant="ghost" size="sm" onClick={() => editor.current?.replace(base.text)}>
            <Undo2 aria-hidden="true" />
            Take back
          </Button>
        )}
        <span {...tip("Save", "mod+s")}>
          <Button
            size="sm"
            variant={dirty ? "primary" : "secondary"}
            disabled={!dirty}
            busy={isPending}
            onClick={() => save()}
          >
            <Save aria-hidden="true" />
            Save
          </Button>
        </span>
      </div>
      <YamlEditor
        key={generation}
        ref={editor}
        label={`Definition of ${workflow.name}`}
        initial={saved}
        onChange={setText}
        onFindings={setFindings}
        onSave={() => save()}
        className="flex-1"
      />
      {findings !== null && findings.length > 0 && (
        <div className="border-t border-line">
          <Problems findings={findings} onGoTo={(place) => editor.current?.goTo(place)} />
        </div>
      )}
      <Confirm
        open={asksDraft}
        title="Save it with its errors?"
        action="Save with errors"
        keep="Go on editing"
        harmless={workflow.status === "draft"}
        busy={isPending}
        onConfirm={() => save({ draft: true })}
        onClose={() => setAsksDraft(false)}
      >
        The definition has errors. {WITH_ERRORS[workflow.status]}
      </Confirm>
      {conflict && (
        <ConflictDialog
          workflow={workflow}
          mine={text}
          busy={isPending}
          onMine={() => save({ revision: workflow.revision })}
          onTheirs={takeTheirs}
          onClose={() => setConflict(false)}
        />
      )}
      <LeaveDialog dirty={dirty} />
    </div>
  );
}
