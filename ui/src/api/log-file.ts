// The log of a run as a file: read to its end piece by piece, however long it is.

import { plainText } from "@/model/ansi";

import type { LogLine } from "./live";
import type { FetchLines } from "./logs";

/** As many as the server gives at once. */
const PIECE = 10_000;

/** Texts that make up the file, each of some thousand lines. */
export async function readWholeLog(fetchLines: FetchLines): Promise<string[]> {
  const pieces: string[] = [];
  for (let after = 0; ;) {
    const lines = await fetchLines({ after, limit: PIECE });
    pieces.push(lines.map(fileLine).join(""));
    const last = lines.at(-1);
    if (last === undefined || lines.length < PIECE) return pieces;
    after = last.seq;
  }
}

function fileLine({ at, stage_id, message }: LogLine): string {
  return `${at} ${stage_id} ${plainText(message)}\n`;
}
