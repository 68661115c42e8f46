// What somebody writes in the form of a run, as the values that are sent.

import { block } from "./definition";

export interface Parameter {
  name: string;
  type: string;
  required: boolean;
  default: unknown;
  description: string | undefined;
}

export type Widget = "switch" | "number" | "json" | "artifact" | "text";

/** A form holds a text for each field; a switch holds `true`, `false` or nothing. */
export type FormValues = Readonly<Record<string, string>>;

/** The declared parameters, those that must be given first. */
export function parametersOf(declared: unknown): Parameter[] {
  return Object.entries(block(declared))
    .map(([name, value]) => {
      const { type, required, description, ...rest } = block(value);
      return {
        name,
        type: typeof type === "string" ? type : "string",
        required: required === true && (rest["default"] ?? null) === null,
        default: rest["default"] ?? null,
        description: typeof description === "string" ? description : undefined,
      };
    })
    .sort((a, b) => Number(b.required) - Number(a.required));
}

export function widgetOf(type: string): Widget {
  switch (type) {
    case "boolean":
      return "switch";
    case "number":
    case "integer":
      return "number";
    case "string":
      return "text";
    case "artifact_ref":
      return "artifact";
    default:
      return "json";
  }
}

const SUMMARY_MAX = 2;
const VALUE_CHARS_MAX = 40;

/** What tells runs of one workflow apart, such as `topic=migrating birds`. */
export function summaryOf(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null && value !== "")
    .slice(0, SUMMARY_MAX)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const line = text.trim().replaceAll(/\s+/g, " ");
      const short = line.length > VALUE_CHARS_MAX ? `${line.slice(0, VALUE_CHARS_MAX - 1)}…` : line;
      return `${name}=${short}`;
    })
    .join(" ");
}

/** How a value stands in its field. */
export function fieldText(type: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string" && widgetOf(type) !== "json") return value;
  const line = JSON.stringify(value);
  return line.length > 60 ? JSON.stringify(value, null, 2) : line;
}

/** The values of an earlier run, as far as they are still asked for. */
export function formOf(
  parameters: readonly Parameter[],
  values: Readonly<Record<string, unknown>>,
): FormValues {
  return Object.fromEntries(
    parameters.map(({ name, type }) => [name, fieldText(type, values[name])]),
  );
}

export interface FormReading {
  values: Record<string, unknown>;
  /** By the names of parameters. */
  errors: Record<string, string>;
}

/** The values to be sent, without those that were left as they are. */
export function readForm(parameters: readonly Parameter[], form: FormValues): FormReading {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const parameter of parameters) {
    const text = form[parameter.name] ?? "";
    if (text.trim() === "") {
      if (parameter.required) errors[parameter.name] = "This is required.";
      continue;
    }
    const read = readField(parameter.type, text);
    if ("error" in read) errors[parameter.name] = read.error;
    else values[parameter.name] = read.value;
  }
  return { values, errors };
}

/** The values of two starts are the same, those that were left out included. */
export function hasSameValues(
  parameters: readonly Parameter[],
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): boolean {
  return parameters.every(
    ({ name, default: preset }) =>
      canonical(one[name] ?? preset) === canonical(other[name] ?? preset),
  );
}

/** A value as text, whatever the order in which it was written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const TEXT = /"(?:[^"\\]|\\.)*"/g;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** Some whole number in a text has more digits than a page can keep. */
function losesDigits(text: string): boolean {
  const numbers = text.replaceAll(TEXT, "").match(NUMBER) ?? [];
  return numbers.some((one) => /^-?\d+$/.test(one) && !Number.isSafeInteger(Number(one)));
}

const TOO_LARGE = "A whole number this large would lose digits here; the command line keeps them.";

function readField(type: string, text: string): { value: unknown } | { error: string } {
  switch (widgetOf(type)) {
    case "text":
    case "artifact":
      return { value: text };
    case "switch":
      return { value: text === "true" };
    case "number": {
      const value = Number(text);
      if (!Number.isFinite(value)) return { error: "This is not a number." };
      if (type === "integer" && !Number.isInteger(value)) return { error: "This is not whole." };
      if (type === "integer" && !Number.isSafeInteger(value)) return { error: TOO_LARGE };
      return losesDigits(text) ? { error: TOO_LARGE } : { value };
    }
    case "json":
      try {
        const value = JSON.parse(text) as unknown;
        return losesDigits(text) ? { error: TOO_LARGE } : { value };
      } catch {
        const list = type.startsWith("array");
        return { error: `This is not JSON, such as ${list ? '["a", "b"]' : '{ "a": 1 }'}.` };
      }
  }
}
