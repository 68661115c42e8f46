// Changes to the stages of a run while it goes on.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { editText, pathInStage, placeInStage, type StageEditType } from "@/model/stage-edit";

import { client, data } from "./client";
import { executionKeys } from "./executions";
import { forgetLists } from "./steering";
import type { Finding } from "./workflows";

/** A stage as somebody wrote it, for a run. */
export interface StageEdit {
  runId: string;
  type: StageEditType;
  /** The stage in YAML. */
  stage: string;
}

function asked({ runId, type, stage }: StageEdit, reason: string | null) {
  return {
    params: { path: { execution_id: runId } },
    body: { text: editText(type, stage), reason },
  };
}

async function fetchStageText(runId: string, stage: string, signal?: AbortSignal) {
  const step = await data(
    client.GET("/api/v1/workflow-executions/{execution_id}/steps/{stage_id}", {
      params: { path: { execution_id: runId, stage_id: stage } },
      ...(signal && { signal }),
    }),
  );
  if (step.definition === undefined || step.definition === null) {
    throw new Error("This stage cannot be written as an edit.");
  }
  return step.definition;
}

/** What the stage is now, with the edits that were made; asked for each time, and once. */
export function buildStageTextQuery(runId: string, stage: string) {
  return queryOptions({
    // What happens to the run must not change what somebody is about to change.
    queryKey: ["stage-text", runId, stage],
    queryFn: ({ signal }) => fetchStageText(runId, stage, signal),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
}

/** Why the run would not take the edit as it is, each mistake at its place in the stage. */
export async function checkStageEdit(edit: StageEdit): Promise<readonly Finding[]> {
  const { errors } = await data(
    client.POST("/api/v1/workflow-executions/{execution_id}/edits/validate", asked(edit, null)),
  );
  return errors.map((found) => ({
    ...found,
    path: pathInStage(found.path),
    span: spanInStage(found.span),
  }));
}

function spanInStage(value: unknown): unknown {
  const span = value as { start: Position; end: Position } | null;
  return span && { start: placeInStage(span.start), end: placeInStage(span.end) };
}

type Position = Parameters<typeof placeInStage>[0];

interface Sending extends StageEdit {
  reason: string | null;
  /** For an update: the stage, and what it was when somebody began to write. */
  of?: { stage: string; was: string };
}

/** Gives the stage to the run, unless it was changed since somebody began to write. */
export function useStageEdit() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ reason, of, ...edit }: Sending) => {
      if (of && (await fetchStageText(edit.runId, of.stage)) !== of.was) {
        throw new Error(
          "Somebody else has changed this stage meanwhile. Copy what you have written, and open it anew.",
        );
      }
      return data(
        client.POST("/api/v1/workflow-executions/{execution_id}/edits", asked(edit, reason)),
      );
    },
    onSuccess: (run) => queries.setQueryData(executionKeys.detail(run.id), run),
    onSettled: () => forgetLists(queries),
  });
}
