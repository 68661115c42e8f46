import { useState } from "react";

import { ApiError, isCode } from "@/api/problem";
import { useCreateWorkflow } from "@/api/workflows";
import { toast } from "@/components/toast";

/** A file that is no text of this size is no workflow. */
const LARGEST_BYTES = 4 * 1024 * 1024;

interface Imported {
  name: string;
  text: string;
}

/** What tells that a file was never text of this kind, whatever is in it. */
const NO_TEXT = /[\0\uFFFD]/;

/** Whether a text begins as a map that is written in lines, after remarks and marks of the document. */
function beginsAsMap(text: string): boolean {
  const first = text.split("\n").find((line) => !/^\s*(?:#.*)?$|^(?:---|%)/.test(line)) ?? "";
  return /^\s*["'\w][^:]*:(?:\s|$)/.test(first);
}

/**
 * Why a file is no definition at all, in the words of the server. A map with
 * mistakes is one: somebody can mend it.
 */
function whyNoMap({ text }: Imported, refused: ApiError): string | undefined {
  const [first] = refused.findings;
  if (first?.code === "SWDL-E0201" && first.path === "") return first.message;
  const isUnreadable = first?.code === "SWDL-E0101" && !beginsAsMap(text);
  return isUnreadable ? first.message : undefined;
}

/** Stores texts as workflows; one with errors as a draft, so that nobody loses work. */
export function useImport() {
  const { mutateAsync: create } = useCreateWorkflow();
  const [busy, setBusy] = useState(false);

  const store = async (file: Imported): Promise<boolean> => {
    const { name, text } = file;
    try {
      await create({ text, draft: false });
      return true;
    } catch (error) {
      const hasErrors = isCode(error, "invalid_definition") && error instanceof ApiError;
      const why = hasErrors ? whyNoMap(file, error) : undefined;
      if (!hasErrors || why !== undefined) {
        toast.error(
          `Not imported: ${name}`,
          why === undefined ? error : `It is no workflow: ${why}`,
        );
        return false;
      }
    }
    try {
      await create({ text, draft: true });
      toast.info(`${name} has errors`, { detail: "It was stored as a draft; open it to mend it." });
      return true;
    } catch (error) {
      toast.error(`Not imported: ${name}`, error);
      return false;
    }
  };

  const importTexts = async (texts: readonly Imported[]) => {
    setBusy(true);
    let done = 0;
    for (const file of texts) if (await store(file)) done += 1;
    setBusy(false);
    if (done > 0) toast.success(done === 1 ? "1 workflow added" : `${done} workflows added`);
  };

  const importFiles = async (files: readonly File[]) => {
    const texts: Imported[] = [];
    for (const file of files) {
      if (file.size > LARGEST_BYTES) {
        toast.error(`${file.name} is too large for a workflow`);
        continue;
      }
      const text = await file.text();
      if (NO_TEXT.test(text)) toast.error(`Not imported: ${file.name}`, "It is no text in UTF-8.");
      else texts.push({ name: file.name, text });
    }
    await importTexts(texts);
  };
  return { busy, importTexts, importFiles };
}
