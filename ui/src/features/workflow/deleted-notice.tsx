import { Link, useNavigate } from "@tanstack/react-router";
import { CopyPlus, Trash2 } from "lucide-react";
import { flushSync } from "react-dom";

import { useCreateWorkflow } from "@/api/workflows";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { toast } from "@/components/toast";

import type { Definition } from "./use-definition";

/** Says that the workflow was deleted while it was open; its text is here still. */
export function DeletedNotice({ definition }: { definition: Definition }) {
  const navigate = useNavigate();
  const { mutate, isPending } = useCreateWorkflow();
  const keep = () =>
    mutate(
      // With errors, too: it is the only copy there is.
      { text: definition.text, draft: true },
      {
        onSuccess: ({ id, name }) => {
          // Nothing is unsaved any more, before the page is left.
          flushSync(definition.letGo);
          toast.success(`Kept as “${name}”`);
          void navigate({ to: "/workflows/$workflowId", params: { workflowId: id } });
        },
        onError: (error) => toast.error("Not kept", error),
      },
    );
  return (
    <div className="mb-4 overflow-hidden rounded-md border border-line">
      <Notice
        tone="failed"
        urgent
        icon={<Trash2 aria-hidden="true" />}
        action={
          <div className="flex flex-wrap gap-2">
            <Button asChild>
              <Link to="/workflows">Go to the library</Link>
            </Button>
            <Button variant="primary" busy={isPending} onClick={keep}>
              <CopyPlus aria-hidden="true" />
              Keep it as a new workflow
            </Button>
          </div>
        }
      >
        This workflow was deleted. Its text is on this page only; its runs stay.
      </Notice>
    </div>
  );
}
