import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";

import { buildWorkflowQuery, type Workflow } from "@/api/workflows";
import { part } from "@/app/parts";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Skeleton } from "@/components/states";
import { RelativeTime } from "@/components/time";

const DiffView = part(() => import("@/features/editor/diff-view"), "default");

/** Somebody else has saved meanwhile: shows what is different, and asks which one stays. */
export function ConflictDialog({
  workflow,
  mine,
  busy,
  onMine,
  onTheirs,
  onClose,
}: {
  workflow: Workflow;
  mine: string;
  busy: boolean;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}) {
  // What is cached is what the changes were based on.
  const { data, isFetching } = useQuery({
    ...buildWorkflowQuery(workflow.id),
    refetchOnMount: "always",
  });
  const theirs = data?.definition ?? "";
  return (
    <Dialog
      open
      onClose={onClose}
      title="Somebody else has changed it"
      description={
        data && (
          <>
            Revision {data.revision} was saved <RelativeTime at={data.updated_at} />.
          </>
        )
      }
      className="max-w-4xl"
      footer={
        <>
          <Button onClick={onClose}>Go on writing</Button>
          <Button disabled={isFetching} onClick={onTheirs}>
            Take theirs
          </Button>
          <Button variant="primary" disabled={isFetching} busy={busy} onClick={onMine}>
            Save mine over it
          </Button>
        </>
      }
    >
      <p className="mb-3 text-sm text-ink-2">
        Red is what they have and you do not; green is what you have and they do not.
      </p>
      {isFetching ? (
        <Skeleton className="h-[50vh]" />
      ) : (
        <Suspense fallback={<Skeleton className="h-[50vh]" />}>
          <DiffView label="Differences" before={theirs} after={mine} />
        </Suspense>
      )}
    </Dialog>
  );
}
