// The same as what the page does, for a shell.

import type { Block } from "./definition";

/** A word that a shell takes as it is. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export interface StartWords {
  id: string;
  name: string;
  parameters: Block;
  directory: string | undefined;
  overrides: Block | undefined;
}

export function runCommand({ name, parameters, directory, overrides }: StartWords): string {
  const words = ["baton", "run", quote(name)];
  for (const [key, value] of Object.entries(parameters)) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    words.push("--param", quote(`${key}=${text}`));
  }
  if (directory !== undefined) words.push("--project", quote(directory));
  if (overrides === undefined) return words.join(" ");
  // An option takes a file; `/dev/stdin` is one.
  return `echo ${quote(JSON.stringify(overrides))} | ${words.join(" ")} --override /dev/stdin`;
}

export function curl(method: string, url: string, body?: unknown): string {
  const words = ["curl", "-X", method, quote(url)];
  if (body !== undefined) {
    words.push("-H", "'Content-Type: application/json'", "-d", quote(JSON.stringify(body)));
  }
  return words.join(" ");
}

export function runRequest(origin: string, start: StartWords): string {
  const { parameters, directory, overrides } = start;
  const body = { parameters, ...(directory && { directory }), ...(overrides && { overrides }) };
  return curl("POST", `${origin}/api/v1/workflows/${start.id}/run`, body);
}
