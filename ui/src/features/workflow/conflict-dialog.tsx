import { Suspense } from "react";

import type { Workflow } from "@/api/workflows";
import { part } from "@/app/parts";
import { Alert } from "@/components/alert";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Skeleton } from "@/components/states";
import { RelativeTime } from "@/components/time";

const DiffView = part(() => import("@/features/editor/diff-view"), "default");

/** Somebody else has saved meanwhile: shows what is different, and asks which one stays. */
export function ConflictDialog({
  workflow,
  mine,
  again,
  busy,
  onMine,
  onTheirs,
  onClose,
}: {
  /** As it is stored now. */
  workflow: Workflow;
  mine: string;
  /** It has changed once more while somebody looked at the differences. */
  again: boolean;
  busy: boolean;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Somebody else has changed it"
      description={
        <>
          Revision {workflow.revision} was saved <RelativeTime at={workflow.updated_at} />.
        </>
      }
      className="max-w-4xl"
      footer={
        <>
          <Button onClick={onClose}>Go on writing</Button>
          <Button disabled={busy} onClick={onTheirs}>
            Take theirs
          </Button>
          <Button variant="primary" busy={busy} onClick={onMine}>
            Save mine over it
          </Button>
        </>
      }
    >
      {again && (
        <Alert className="mb-3">
          It was changed once more before yours was saved. These are the differences now.
        </Alert>
      )}
      <p className="mb-3 text-sm text-ink-2">
        Red is what they have and you do not; green is what you have and they do not.
      </p>
      <Suspense fallback={<Skeleton className="h-[50vh]" />}>
        <DiffView label="Differences" before={workflow.definition ?? ""} after={mine} />
      </Suspense>
    </Dialog>
  );
}
