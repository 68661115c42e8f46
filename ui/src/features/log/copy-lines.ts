import type { ClipboardEvent } from "react";

import type { LogLine } from "@/api/live";
import type { LogSource } from "@/api/logs";
import { toast } from "@/components/toast";
import { plainText } from "@/model/ansi";

import { type Marked, markedText } from "./use-marked";

/** Reads lines from one index to another, where not all of a log is at hand. */
export type ReadLines = (from: number, to: number) => Promise<LogLine[]>;

/** Copies every line that is marked, drawn or not, as it was written. */
export function makeCopy(source: LogSource, marked: Marked | null, read: ReadLines | undefined) {
  return (event: ClipboardEvent) => {
    // The browser does well with a part of one line.
    if (marked === null || marked.from.index === marked.to.index) return;
    event.preventDefault();
    const { from, to } = marked;
    const count = to.index - from.index + 1;
    const here = Array.from({ length: count }, (_, at) => source.line(from.index + at));
    const known = here.filter((line) => line !== undefined);
    if (known.length === count || read === undefined) {
      event.clipboardData.setData("text/plain", textOf(marked, known));
    } else {
      void copyLater(marked, read(from.index, to.index));
    }
  };
}

async function copyLater(marked: Marked, lines: Promise<LogLine[]>): Promise<void> {
  try {
    const all = await lines;
    await navigator.clipboard.writeText(textOf(marked, all));
    toast.success(`${all.length} lines copied`);
  } catch (error) {
    toast.error("The lines were not copied", error);
  }
}

function textOf(marked: Marked, lines: readonly LogLine[]): string {
  return markedText(
    marked,
    lines.map(({ message }) => plainText(message)),
  );
}
