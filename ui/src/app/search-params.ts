// Search parameters as people write them: `?status=draft&tags=a,b`, never JSON.

type Value = string | number | undefined;

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Readonly<Record<string, Value>>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== "") params.set(key, String(value));
  }
  const text = params.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

/** The value when it is one of these. */
export function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

/** The value when it is a text with something in it. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

type Compact<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Leaves out what is not there, so that it is not in the URL either. */
export function compact<T extends object>(values: T): Compact<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Compact<T>;
}

/** Of a list with commas, what is one of these. */
export function someOf(choices: readonly string[], value: unknown): string | undefined {
  const wanted = text(value)?.split(",") ?? [];
  return text(wanted.filter((one) => choices.includes(one)).join(","));
}

/**
 * What a page knows of an address, and nothing else of it: what is merely left
 * out the router takes from the address again.
 */
export function only<T extends object>(search: Record<string, unknown>, known: T): Compact<T> {
  const blank = Object.fromEntries(Object.keys(search).map((key) => [key, undefined]));
  return { ...blank, ...compact(known) };
}
