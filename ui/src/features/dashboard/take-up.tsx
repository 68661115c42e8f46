import { Hand } from "lucide-react";

import type { Execution } from "@/api/executions";
import { useTakeUp } from "@/api/steering";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { RelativeTime, useNow } from "@/components/time";
import { toast } from "@/components/toast";
import { leftAlone } from "@/model/left-alone";

/** Offers to go on with a run that its process has left: nobody else would. */
export function TakeUp({ run }: { run: Execution }) {
  const now = useNow(10_000, run.updated_at);
  const { mutate, isPending } = useTakeUp();
  const why = leftAlone(run, now);
  if (why === null) return null;
  const takeUp = () =>
    mutate(run.id, {
      onSuccess: () => toast.success("Taken up", { detail: "This server works on the run." }),
      onError: (error) => toast.error("Not taken up", error),
    });
  return (
    <Notice
      tone="paused"
      icon={<Hand aria-hidden="true" />}
      action={
        <Button busy={isPending} onClick={takeUp}>
          Take it up
        </Button>
      }
    >
      {why === "idle" ? "Nothing works on this run, and nothing has happened since " : null}
      {why === "silent" ? "Its stages should be at work, but nothing has happened since " : null}
      <RelativeTime at={run.updated_at} />. If the process that started it was ended, this server
      can go on with it; if not, nothing changes.
    </Notice>
  );
}
