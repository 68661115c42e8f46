import { Send } from "lucide-react";
import { useState } from "react";

import type { Question } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { useReply } from "@/api/steering";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { Field, Textarea } from "@/components/field";
import { KeyForm } from "@/components/key-form";
import { toast } from "@/components/toast";
import { tip } from "@/components/tooltip";
import { choose, type Draft, readAnswers, write } from "@/model/answers";
import { keyOf } from "@/model/inbox";

import { useKept } from "@/app/drafts";
import { WaitingFacts } from "./waiting-facts";

/** Everything a stage asks, answered together. */
export function QuestionForm({ item }: { item: InboxItem }) {
  const { execution_id: run, stage_id: stage, stage_name: name, dispatch, question } = item;
  const reply = useReply(run);
  const [draft, setDraft, forget] = useKept<Draft>(keyOf(item), {});
  const [tried, setTried] = useState(false);
  const questions = question?.questions ?? [];
  const { answers, missing } = readAnswers(questions, draft);

  const submit = (form: HTMLFormElement) => {
    if (reply.isPending) return;
    setTried(true);
    if (missing.length > 0) {
      const fields = [...form.querySelectorAll<HTMLElement>("[data-question]")];
      const first = fields.find((field) => missing.includes(field.dataset["question"] ?? ""));
      first?.querySelector<HTMLElement>("input, textarea")?.focus();
      return;
    }
    reply.mutate(
      { kind: "answer", stage, dispatch, answers },
      {
        onSuccess: () => {
          forget();
          toast.success(`Answered: ${name}`);
        },
        onError: (problem) => toast.error("Not answered", problem),
      },
    );
  };
  return (
    <KeyForm
      onSubmit={submit}
      aria-label={`Answer: ${name}`}
      data-tone="waiting"
      className="flex flex-col gap-5 rounded-lg border border-tone-solid/50 bg-surface p-4 shadow-1"
    >
      <div className="flex flex-col gap-1.5">
        <p className="text-sm text-ink-2">
          {question?.asker === "crash"
            ? "The server went down while this stage was at work."
            : `${item.agent ?? "The agent"} cannot go on without you.`}
        </p>
        <WaitingFacts item={item} />
      </div>
      {questions.map((one) => (
        <QuestionField
          key={one.name}
          question={one}
          draft={draft}
          onDraft={setDraft}
          error={tried && missing.includes(one.name) ? "This needs an answer." : undefined}
        />
      ))}
      <div>
        <span {...tip("Send", "mod+enter")}>
          <Button type="submit" variant="primary" busy={reply.isPending}>
            <Send aria-hidden="true" />
            {questions.length === 1 ? "Send the answer" : "Send the answers"}
          </Button>
        </span>
      </div>
    </KeyForm>
  );
}

interface QuestionFieldProps {
  question: Question;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  error: string | undefined;
}

function QuestionField({ question, draft, onDraft, error }: QuestionFieldProps) {
  if (question.options.length > 0) {
    return <Options question={question} draft={draft} onDraft={onDraft} error={error} />;
  }
  return (
    <div data-question={question.name}>
      <Field label={question.question} error={error}>
        {(ids) => (
          <Textarea
            {...ids}
            className="min-h-16"
            value={draft[question.name]?.[0] ?? ""}
            onChange={(event) => onDraft(write(draft, question, event.target.value))}
          />
        )}
      </Field>
    </div>
  );
}

function Options({ question, draft, onDraft, error }: QuestionFieldProps) {
  const chosen = draft[question.name] ?? [];
  return (
    <fieldset data-question={question.name} className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 text-sm font-medium text-ink">
        {question.question}
        {question.multi_select && <span className="text-ink-3"> Choose one or more.</span>}
      </legend>
      {question.options.map(({ label, description }) => {
        const on = chosen.includes(label);
        return (
          <label
            key={label}
            className={cx(
              "flex min-h-10 cursor-pointer items-start gap-2.5 rounded-md border px-3 py-2 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-focus pointer-coarse:min-h-11",
              on ? "border-accent bg-accent-soft" : "border-line-strong hover:bg-hover",
            )}
          >
            <input
              type={question.multi_select ? "checkbox" : "radio"}
              name={question.name}
              checked={on}
              aria-invalid={error !== undefined || undefined}
              className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
              onChange={() => onDraft(choose(draft, question, label))}
            />
            <span className="min-w-0 text-sm">
              <span className="font-medium text-ink">{label}</span>
              {description !== "" && <span className="block text-ink-3">{description}</span>}
            </span>
          </label>
        );
      })}
      {error !== undefined && (
        <p role="alert" data-tone="failed" className="text-xs text-tone">
          {error}
        </p>
      )}
    </fieldset>
  );
}
