import { useState } from "react";

import { isCode } from "@/api/problem";
import { useCreateWorkflow } from "@/api/workflows";
import { toast } from "@/components/toast";

/** A file that is no text of this size is no workflow. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** Stores texts as workflows; one with errors as a draft, so that nobody loses work. */
export function useImport() {
  const { mutateAsync: create } = useCreateWorkflow();
  const [busy, setBusy] = useState(false);

  const store = async (name: string, text: string): Promise<boolean> => {
    try {
      await create({ text, draft: false });
      return true;
    } catch (error) {
      if (!isCode(error, "invalid_definition")) {
        toast.error(`Not imported: ${name}`, error);
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

  const importTexts = async (texts: readonly { name: string; text: string }[]) => {
    setBusy(true);
    let done = 0;
    for (const { name, text } of texts) if (await store(name, text)) done += 1;
    setBusy(false);
    if (done > 0) toast.success(done === 1 ? "1 workflow added" : `${done} workflows added`);
  };

  const importFiles = async (files: readonly File[]) => {
    const texts = [];
    for (const file of files) {
      if (file.size > LARGEST_BYTES) toast.error(`${file.name} is too large for a workflow`);
      else texts.push({ name: file.name, text: await file.text() });
    }
    await importTexts(texts);
  };
  return { busy, importTexts, importFiles };
}
