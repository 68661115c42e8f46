// The dialog in which somebody writes what a stage of a run is to be.

import { useQuery } from "@tanstack/react-query";
import { Diff, PenLine } from "lucide-react";
import { Suspense, useRef, useState } from "react";

import { buildStageTextQuery, checkStageEdit, useStageEdit } from "@/api/edits";
import type { Execution, Step } from "@/api/executions";
import { messageOf } from "@/api/problem";
import type { Finding } from "@/api/workflows";
import { part } from "@/app/parts";
import { Alert } from "@/components/alert";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { CopyAs } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { Field, Input } from "@/components/field";
import { Segmented } from "@/components/segmented";
import { ErrorState, Loading, Skeleton } from "@/components/states";
import { toast } from "@/components/toast";
import { ProblemCount, Problems } from "@/features/editor/problems";
import { YamlEditor, type YamlEditorHandle } from "@/features/editor/yaml-editor";
import { curl } from "@/model/equivalents";
import { editText, stageAfter, type StageEditType } from "@/model/stage-edit";

const DiffView = part(() => import("@/features/editor/diff-view"), "default");

const WORDS: Readonly<Record<StageEditType, { title: string; action: string; done: string }>> = {
  update: { title: "Change", action: "Change it", done: "Changed" },
  insert: { title: "Insert a stage after", action: "Insert it", done: "Inserted after" },
};

interface EditorProps {
  type: StageEditType;
  run: Execution;
  step: Step;
  onClose: () => void;
}

/** Begins with what the stage is now, edits included; or with a new one after it. */
export default function StageEditor({ type, run, step, onClose }: EditorProps) {
  const asked = useQuery({
    ...buildStageTextQuery(run.id, step.stage_id),
    enabled: type === "update",
  });
  const [first] = useState(() => stageAfter(step, run.steps ?? []));
  const before = type === "insert" ? first : asked.data;
  const [written, setWritten] = useState<string>();
  const [reason, setReason] = useState("");
  const [findings, setFindings] = useState<readonly Finding[] | null>([]);
  const [leaving, setLeaving] = useState(false);
  const { mutate, isPending, error } = useStageEdit();
  const stage = written ?? before ?? "";
  const dirty = written !== undefined && written !== before;
  const said = reason.trim() === "" ? null : reason.trim();
  const leave = () => (dirty ? setLeaving(true) : onClose());
  const canSubmit = (type === "insert" || dirty) && (findings?.length ?? 0) === 0;
  const submit = () => {
    const done = () => {
      onClose();
      toast.success(`${WORDS[type].done}: ${step.stage_name}`);
    };
    if (!canSubmit || isPending || before === undefined) return;
    const of = type === "update" ? { of: { stage: step.stage_id, was: before } } : {};
    mutate({ runId: run.id, type, stage, reason: said, ...of }, { onSuccess: done });
  };
  const title = `${WORDS[type].title} “${step.stage_name}”`;
  const url = `${location.origin}/api/v1/workflow-executions/${run.id}/edits`;
  const body = { text: editText(type, stage), ...(said !== null && { reason: said }) };
  return (
    <Dialog
      open
      onClose={leave}
      title={title}
      description="Of this run only; the workflow stays as it is."
      className="max-w-3xl"
      footer={
        <>
          <CopyAs make={() => [{ label: "curl", text: curl("POST", url, body) }]} />
          <span className="flex-1" />
          <Button onClick={leave}>Leave it</Button>
          <Button variant="primary" busy={isPending} disabled={!canSubmit} onClick={submit}>
            {WORDS[type].action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {before === undefined ? (
          <Awaited error={asked.error} onRetry={() => void asked.refetch()} />
        ) : (
          <Text
            label={title}
            before={before}
            after={stage}
            compares={type === "update"}
            onChange={setWritten}
            findings={findings}
            onFindings={setFindings}
            onSave={submit}
            check={(text) => checkStageEdit({ runId: run.id, type, stage: text })}
          />
        )}
        <Field label="Reason" hint="Kept in the history of the run.">
          {(ids) => (
            <Input {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {error && <Alert>{messageOf(error)}</Alert>}
      </div>
      <Confirm
        open={leaving}
        title="Leave what you have written?"
        action="Leave it"
        keep="Go on writing"
        onClose={() => setLeaving(false)}
        onConfirm={onClose}
      >
        The run stays as it is, and your changes are lost.
      </Confirm>
    </Dialog>
  );
}

function Awaited({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  if (error) return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <Loading label="Loading the stage">
      <Skeleton className="h-[40vh]" />
    </Loading>
  );
}

type View = "write" | "changes";

function Views({ value, onChange }: { value: View; onChange: (value: View) => void }) {
  return (
    <Segmented
      label="What is shown"
      words
      value={value}
      onChange={onChange}
      choices={[
        { value: "write", label: "Text", icon: <PenLine aria-hidden="true" /> },
        { value: "changes", label: "Changes", icon: <Diff aria-hidden="true" /> },
      ]}
    />
  );
}

interface TextProps {
  label: string;
  before: string;
  after: string;
  /** There is something to compare it with. */
  compares: boolean;
  findings: readonly Finding[] | null;
  onChange: (text: string) => void;
  onFindings: (findings: readonly Finding[] | null) => void;
  onSave: () => void;
  check: (text: string) => Promise<readonly Finding[]>;
}

/** What is written, or what is different by it. */
function Text({ label, before, after, compares, findings, ...writing }: TextProps) {
  const editor = useRef<YamlEditorHandle>(null);
  const [view, setView] = useState<View>("write");
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <div className="flex min-h-11 items-center gap-3 border-b border-line px-3 py-1.5">
        <ProblemCount findings={findings} />
        <span className="flex-1" />
        {compares && <Views value={view} onChange={setView} />}
      </div>
      {view === "changes" ? (
        <Suspense fallback={<Skeleton className="h-[50vh]" />}>
          <DiffView label="Changes" before={before} after={after} />
        </Suspense>
      ) : (
        <YamlEditor ref={editor} label={label} initial={after} className="h-[40vh]" {...writing} />
      )}
      {view === "write" && findings !== null && findings.length > 0 && (
        <div className="border-t border-line">
          <Problems findings={findings} onGoTo={(place) => editor.current?.goTo(place)} />
        </div>
      )}
    </div>
  );
}
