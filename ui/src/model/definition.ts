// Reads the blocks of a definition, which the API shows as they are written.

export type Block = Readonly<Record<string, unknown>>;

export function block(value: unknown): Block {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Block)
    : {};
}

export function textAt(value: unknown, ...path: string[]): string | undefined {
  let at = value;
  for (const key of path) at = block(at)[key];
  return typeof at === "string" && at !== "" ? at : undefined;
}

export function textsAt(value: unknown, key: string): string[] {
  const list = block(value)[key];
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : [];
}

/** A value as somebody would read it: texts as they are, the rest as JSON. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value;
  const line = JSON.stringify(value);
  return line.length > 60 ? JSON.stringify(value, null, 2) : line;
}

/** The fields of a map in order, those without a value left out. */
export function fields(value: unknown): [string, unknown][] {
  return Object.entries(block(value)).filter(([, one]) => one !== null && one !== undefined);
}
