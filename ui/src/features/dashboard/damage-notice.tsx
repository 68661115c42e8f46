import { FileWarning } from "lucide-react";

import { useDamage } from "@/api/damage";
import { isCode, messageOf } from "@/api/problem";
import { Notice } from "@/components/notice";

/** Says that not everything that happened to the run can be read. */
export function DamageNotice({ runId, error }: { runId: string; error: Error | null }) {
  const damage = useDamage(runId);
  const unread = error !== null && isCode(error, "storage_damaged") ? messageOf(error) : undefined;
  const why = damage[0]?.detail ?? unread;
  if (why === undefined) return null;
  return (
    <Notice tone="failed" urgent icon={<FileWarning aria-hidden="true" />}>
      {damage.length > 1
        ? `${damage.length} events of this run cannot be read`
        : "Part of what happened to this run cannot be read"}
      , so what is shown may not be all: {why}
    </Notice>
  );
}
