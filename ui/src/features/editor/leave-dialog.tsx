import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

import { useUnsavedGuard } from "./use-unsaved-guard";

/** Stands between unsaved changes and another page. */
export function LeaveDialog({ dirty }: { dirty: boolean }) {
  const { status, proceed, reset } = useUnsavedGuard(dirty);
  return (
    <Dialog
      open={status === "blocked"}
      onClose={() => reset?.()}
      title="Leave without saving?"
      className="max-w-md"
      footer={
        <>
          <Button onClick={() => reset?.()}>Stay</Button>
          <Button variant="danger" onClick={() => proceed?.()}>
            Leave
          </Button>
        </>
      }
    >
      <p className="text-sm text-ink-2">What you have changed here is not saved yet.</p>
    </Dialog>
  );
}
