import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";

import { isCode } from "@/api/problem";
import { type Finding, useCreateWorkflow } from "@/api/workflows";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Page } from "@/components/page";
import { toast } from "@/components/toast";
import { tip } from "@/components/tooltip";
import { LeaveDialog } from "@/features/editor/leave-dialog";
import { ProblemCount, Problems } from "@/features/editor/problems";
import { YamlEditor, type YamlEditorHandle } from "@/features/editor/yaml-editor";

import { STARTER } from "./starter";

export function NewWorkflowPage() {
  const navigate = useNavigate();
  const [text, setText] = useState(STARTER);
  const [done, setDone] = useState(false);
  const [findings, setFindings] = useState<readonly Finding[] | null>([]);
  const [asksDraft, setAsksDraft] = useState(false);
  const editor = useRef<YamlEditorHandle>(null);
  const { mutate, isPending } = useCreateWorkflow();

  const create = (draft = false) => {
    if (isPending) return;
    mutate(
      { text, draft },
      {
        onSuccess: (workflow) => {
          // Nothing is unsaved any more, before the page is left.
          flushSync(() => setDone(true));
          toast.success(`Created “${workflow.name}”`);
          void navigate({ to: "/workflows/$workflowId", params: { workflowId: workflow.id } });
        },
        onError: (error) => {
          if (isCode(error, "invalid_definition")) setAsksDraft(true);
          else toast.error("Not created", error);
        },
      },
    );
  };
  useHotkeys("New workflow", [
    { keys: "mod+s", does: "Create it", run: () => create(), inInputs: true },
  ]);
  return (
    <Page
      title="New workflow"
      wide
      description="Write its definition; the server checks it while you do."
      actions={
        <span {...tip("Create", "mod+s")}>
          <Button variant="primary" busy={isPending} onClick={() => create()}>
            <Plus aria-hidden="true" />
            Create
          </Button>
        </span>
      }
    >
      <div className="flex h-[max(440px,calc(100vh-150px))] flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-1">
        <div className="flex min-h-11 items-center gap-3 border-b border-line px-4">
          <ProblemCount findings={findings} />
        </div>
        <YamlEditor
          ref={editor}
          label="Definition"
          initial={STARTER}
          onChange={setText}
          onFindings={setFindings}
          onSave={() => create()}
          className="flex-1"
        />
        {findings !== null && findings.length > 0 && (
          <div className="border-t border-line">
            <Problems findings={findings} onGoTo={(place) => editor.current?.goTo(place)} />
          </div>
        )}
      </div>
      <Confirm
        open={asksDraft}
        title="Create it with its errors?"
        action="Create as a draft"
        busy={isPending}
        onConfirm={() => create(true)}
        onClose={() => setAsksDraft(false)}
      >
        The definition has errors. As a draft nothing is lost, but it cannot run until they are
        mended.
      </Confirm>
      <LeaveDialog dirty={text !== STARTER && !done} />
    </Page>
  );
}
