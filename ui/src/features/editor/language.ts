// What the server knows of a text: findings and completions.

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { type Diagnostic, linter } from "@codemirror/lint";
import type { Text } from "@codemirror/state";

import type { Schemas } from "@/api/client";
import { completeText, type Finding, validateText } from "@/api/workflows";

import { offsetOf, positionOf, spanOf } from "./positions";

const PAUSE_MS = 350;

export function diagnosticOf(text: Text, finding: Finding): Diagnostic {
  const span = spanOf(finding.span);
  const from = span ? offsetOf(text, span.start) : 0;
  const to = span ? offsetOf(text, span.end) : Math.min(text.length, text.line(1).to);
  const help = finding.help === null ? "" : `\n${finding.help}`;
  return {
    from,
    to: Math.max(from, to),
    severity: finding.severity,
    source: finding.code,
    message: `${finding.message}${help}`,
  };
}

/** What is wrong with a text that is a workflow. */
export async function findingsOfWorkflow(text: string): Promise<readonly Finding[]> {
  const { errors, warnings } = await validateText(text);
  return [...errors, ...warnings];
}

/** Has the server look at the text whenever somebody pauses. */
export function serverFindings(
  check: (text: string) => Promise<readonly Finding[]>,
  onFindings: (findings: readonly Finding[] | null) => void,
) {
  return linter(
    async ({ state }) => {
      const text = state.doc;
      try {
        const findings = await check(text.toString());
        onFindings(findings);
        return findings.map((finding) => diagnosticOf(text, finding));
      } catch {
        // Without the server nobody knows; that is no finding.
        onFindings(null);
        return [];
      }
    },
    { delay: PAUSE_MS },
  );
}

const ICONS: Readonly<Record<Schemas["CompletionKind"], string>> = {
  key: "property",
  value: "enum",
  namespace: "namespace",
  function: "function",
  parameter: "variable",
  stage: "class",
  field: "property",
  artifact: "constant",
};

function optionOf(item: Schemas["Completion"], text: Text, from: number): Completion {
  const line = text.lineAt(from).text;
  // A key that is not there yet gets its colon, and a place to go on.
  const apply = item.kind === "key" && !line.includes(":") ? `${item.label}: ` : item.label;
  return {
    label: item.label,
    type: ICONS[item.kind],
    apply,
    ...(item.detail !== null && { info: item.detail }),
  };
}

export async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const word = context.matchBefore(/[\w.:@/-]+/);
  if (!explicit && word === null && !/[.{:[]\s?$/.test(state.sliceDoc(Math.max(0, pos - 2), pos))) {
    return null;
  }
  const abort = new AbortController();
  context.addEventListener("abort", () => {
    abort.abort();
  });
  try {
    const { line, column } = positionOf(state.doc, pos);
    const { items, prefix } = await completeText(state.doc.toString(), line, column, abort.signal);
    if (items.length === 0) return null;
    const from = pos - prefix.length;
    return {
      from,
      options: items.map((item) => optionOf(item, state.doc, from)),
      validFor: /^[\w-]*$/,
    };
  } catch {
    return null;
  }
}

export function serverCompletion() {
  return autocompletion({ override: [complete], icons: true, maxRenderedOptions: 80 });
}
