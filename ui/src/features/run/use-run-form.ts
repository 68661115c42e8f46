import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { Execution } from "@/api/executions";
import type { StartOptions } from "@/api/steering";
import { ApiError } from "@/api/problem";
import { planWorkflow } from "@/api/workflows";
import { useKept } from "@/app/drafts";
import { readOverrides } from "@/model/overrides";
import { formOf, type FormValues, type Parameter, readForm } from "@/model/parameters";

const PAUSE_MS = 300;

interface RunDraft {
  values: FormValues;
  directory: string;
  overrides: string;
}

const EMPTY: RunDraft = { values: {}, directory: "", overrides: "" };

function draftOf(run: Execution, parameters: readonly Parameter[]): RunDraft {
  const values = formOf(parameters, run.parameters);
  return { ...EMPTY, values, directory: run.directory ?? "" };
}

/** What is written in the dialog, what is wrong with it, and what it would do. */
export function useRunForm(
  workflowId: string,
  parameters: readonly Parameter[],
  /** The run whose values it begins with. */
  from?: Execution,
) {
  const [draft, setDraft, forget] = useKept(
    from ? `run:${workflowId}:${from.id}` : `run:${workflowId}`,
    from ? draftOf(from, parameters) : EMPTY,
  );
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const { values, directory, overrides } = draft;

  const read = readForm(parameters, values);
  const laid = readOverrides(overrides);
  const options: StartOptions = {
    parameters: read.values,
    ...(directory.trim() !== "" && { directory: directory.trim() }),
    ...(laid.value && { overrides: laid.value }),
  };
  const complete = Object.keys(read.errors).length === 0 && laid.error === undefined;
  // The server would only say what the fields say already.
  const asked = useSettled(complete ? JSON.stringify(options) : null);
  const plan = useQuery({
    queryKey: ["workflows", "plan", workflowId, asked],
    queryFn:
      asked === null
        ? skipToken
        : ({ signal }) => planWorkflow(workflowId, JSON.parse(asked) as StartOptions, signal),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
  });

  // What the server says of a parameter stands at its field.
  const theirs: Record<string, string> = {};
  if (plan.error instanceof ApiError) {
    for (const { path, message } of plan.error.findings) {
      const name = path.replace(/^parameters\./, "");
      if (name !== path) theirs[name] ??= message;
    }
  }
  const errors: Record<string, string> = {};
  for (const [name, message] of Object.entries({ ...theirs, ...read.errors })) {
    if (touched.has(name)) errors[name] = message;
  }

  return {
    values,
    errors,
    options,
    plan,
    directory,
    setDirectory: (text: string) => setDraft({ ...draft, directory: text }),
    overrides,
    setOverrides: (text: string) => setDraft({ ...draft, overrides: text }),
    overridesError: laid.error,
    set: (name: string, value: string) =>
      setDraft({ ...draft, values: { ...values, [name]: value } }),
    fill: (filled: FormValues) => setDraft({ ...draft, values: filled }),
    /** Nothing is written. */
    // Parameters may be called as the other fields are.
    empty: [...Object.values(values), directory, overrides].every((text) => text === ""),
    clear: () => {
      setDraft(EMPTY);
      setTouched(new Set());
    },
    forget,
    touch: (name: string) => setTouched((before) => new Set([...before, name])),
    /** Shows everything that is wrong; whether nothing is. */
    check: () => {
      setTouched(new Set(parameters.map(({ name }) => name)));
      return complete;
    },
  };
}

export type RunForm = ReturnType<typeof useRunForm>;

/** A value that has been the same for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
