// What is written in place of a stored definition. It belongs to the page of
// the workflow: none of its tabs loses it.

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { isCode } from "@/api/problem";
import { useReplaceWorkflow, type Workflow, workflowKeys } from "@/api/workflows";
import { toast } from "@/components/toast";
import type { YamlEditorHandle } from "@/features/editor/yaml-editor";

interface Save {
  /** Stores it also with errors. */
  draft?: boolean;
  /** The one it takes the place of; the one that the changes are based on when left out. */
  revision?: number;
  onEnd?: (isSaved: boolean) => void;
}

/** What stands between the text and the server. */
type Obstacle = "errors" | "conflict" | "conflict again";

function savedWords(before: Workflow["status"], isValid: boolean): string {
  if (isValid) return "Saved";
  return before === "draft" ? "Saved with errors" : "Saved with errors; it is a draft now";
}

export function useDefinition(workflow: Workflow) {
  const stored = workflow.definition ?? "";
  const queries = useQueryClient();
  const { mutate, isPending } = useReplaceWorkflow(workflow.id);
  const [text, setText] = useState(stored);
  // The text and the revision that the changes are based on.
  const [base, setBase] = useState({ text: stored, revision: workflow.revision });
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  // Counts the editors: one begins with what it is given, and then knows best.
  const [generation, setGeneration] = useState(0);
  const editor = useRef<YamlEditorHandle>(null);
  const dirty = text !== base.text;

  // Somebody else saved and nothing was written here; or it is the same text, as when
  // the answer to a save was lost; or something else than the text was changed.
  const isSame = stored === text || stored === base.text;
  if (workflow.revision > base.revision && !isPending && (!dirty || isSame)) {
    setBase({ text: stored, revision: workflow.revision });
    setObstacle(null);
    if (!isSame) {
      setText(stored);
      setGeneration((one) => one + 1);
    }
  }

  const save = ({ draft = false, revision = base.revision, onEnd }: Save = {}) => {
    if (!dirty || isPending) return;
    const done = (saved: Workflow) => {
      setBase({ text, revision: saved.revision });
      setObstacle(null);
      toast.success(savedWords(workflow.status, saved.is_valid));
      onEnd?.(true);
    };
    mutate(
      { text, revision, draft },
      {
        onSuccess: done,
        onError: (error) => {
          // What is stored was read anew since.
          const theirs = queries.getQueryData<Workflow>(workflowKeys.detail(workflow.id));
          const isConflict = isCode(error, "changed_meanwhile");
          if (isConflict && theirs?.definition === text) {
            done(theirs);
            return;
          }
          if (isCode(error, "invalid_definition")) setObstacle("errors");
          else if (isConflict) setObstacle(obstacle === null ? "conflict" : "conflict again");
          else if (isCode(error, "not_found"))
            toast.error("Not saved", "The workflow was deleted.");
          else toast.error("Not saved", error);
          onEnd?.(false);
        },
      },
    );
  };

  return {
    text,
    write: setText,
    dirty,
    busy: isPending,
    save,
    obstacle,
    goOn: () => setObstacle(null),
    takeTheirs: () => {
      editor.current?.replace(stored);
      setText(stored);
      setBase({ text: stored, revision: workflow.revision });
      setObstacle(null);
    },
    takeBack: () => editor.current?.replace(base.text),
    /** What was written is elsewhere by now. */
    letGo: () => setBase({ ...base, text }),
    editor,
    generation,
  };
}

export type Definition = ReturnType<typeof useDefinition>;
