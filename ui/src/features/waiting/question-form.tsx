import { Send } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";

import type { Question } from "@/api/executions";
import type { InboxItem } from "@/api/inbox";
import { useReply } from "@/api/steering";
import { useKept } from "@/app/drafts";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { Field, Textarea } from "@/components/field";
import { KeyForm } from "@/components/key-form";
import { toast } from "@/components/toast";
import { tip } from "@/components/tooltip";
import { plainWords } from "@/model/ansi";
import { choose, type Draft, readAnswers, write } from "@/model/answers";
import { keyOf } from "@/model/inbox";

import { useReturnedFocus } from "./use-returned-focus";
import { WaitingFacts } from "./waiting-facts";
import { Words } from "./words";

/** As the request of a gate. */
const ASKED = "text-base font-normal [overflow-wrap:anywhere] whitespace-pre-line text-ink";

/** Everything a stage asks, answered together. */
export function QuestionForm({ item }: { item: InboxItem }) {
  const { execution_id: run, stage_id: stage, dispatch, question } = item;
  const reply = useReply(run);
  const [draft, setDraft, forget] = useKept<Draft>(keyOf(item), {});
  const [tried, setTried] = useState(false);
  const questions = question?.questions ?? [];
  const { answers, missing } = readAnswers(questions, draft);

  const send = useRef<HTMLButtonElement>(null);
  const back = useReturnedFocus();
  // What is answered stays answered, also until the page knows what came of it.
  const busy = reply.isPending || reply.isSuccess;

  const submit = async (form: HTMLFormElement) => {
    if (busy) return;
    setTried(true);
    if (missing.length > 0) {
      const fields = [...form.querySelectorAll<HTMLElement>("[data-question]")];
      const first = fields.find((field) => missing.includes(field.dataset["question"] ?? ""));
      first?.querySelector<HTMLElement>("input, textarea")?.focus();
      return;
    }
    try {
      await reply.mutateAsync({ kind: "answer", stage, dispatch, answers });
      forget();
    } catch (problem) {
      toast.error("Not answered", problem);
      back.to(send);
    }
  };
  const facts = (
    <WaitingFacts item={item}>
      {question?.asker === "crash"
        ? "the server went down while this stage was at work"
        : `${item.agent ?? "the agent"} cannot go on without you`}
    </WaitingFacts>
  );
  return (
    <KeyForm
      onSubmit={(form) => void submit(form)}
      aria-label={`Answer: ${plainWords(item.stage_name)}`}
      data-tone="waiting"
      className="flex flex-col gap-5 rounded-lg border border-tone-solid/50 bg-surface p-4 shadow-1"
    >
      {questions.map((one, index) => (
        <QuestionField
          key={one.name}
          facts={index === 0 && facts}
          question={one}
          draft={draft}
          onDraft={setDraft}
          error={tried && missing.includes(one.name) ? "This needs an answer." : undefined}
        />
      ))}
      <div>
        <span {...tip("Send", "mod+enter")}>
          <Button ref={send} type="submit" variant="primary" busy={busy}>
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
  /** What holds for all questions, said once below the words of the first. */
  facts: ReactNode;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  error: string | undefined;
}

function QuestionField(props: QuestionFieldProps) {
  const { question, facts, draft, onDraft, error } = props;
  if (question.options.length > 0) return <Options {...props} />;
  return (
    <div data-question={question.name} className="flex flex-col gap-3">
      <Field
        label={
          <span className={ASKED}>
            <Words text={question.question} />
          </span>
        }
        error={error}
      >
        {(ids) => (
          <Textarea
            {...ids}
            className="min-h-16"
            value={draft[question.name]?.[0] ?? ""}
            onChange={(event) => onDraft(write(draft, question, event.target.value))}
          />
        )}
      </Field>
      {facts}
    </div>
  );
}

function Options({ question, facts, draft, onDraft, error }: QuestionFieldProps) {
  const chosen = draft[question.name] ?? [];
  return (
    <fieldset data-question={question.name} className="flex min-w-0 flex-col gap-1.5">
      <legend className={cx("mb-3", ASKED)}>
        <Words text={question.question} />
        {question.multi_select && <span className="text-ink-3"> Choose one or more.</span>}
      </legend>
      {facts !== false && <div className="mb-1.5">{facts}</div>}
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
              <span className="font-medium text-ink">
                <Words text={label} />
              </span>
              {description !== "" && (
                <span className="block text-ink-3">
                  <Words text={description} />
                </span>
              )}
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
