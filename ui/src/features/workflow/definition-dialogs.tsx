import type { Workflow } from "@/api/workflows";
import { Confirm } from "@/components/confirm";
import { LeaveDialog } from "@/features/editor/leave-dialog";

import { ConflictDialog } from "./conflict-dialog";
import type { Definition } from "./use-definition";

/** What becomes of it when it is saved with its errors. */
const WITH_ERRORS: Readonly<Record<Workflow["status"], string>> = {
  draft: "Nothing is lost, but it cannot run until they are mended.",
  published:
    "It becomes a draft, cannot run until they are mended, and must be published again then.",
  archived: "It becomes a draft, and must be archived again once they are mended.",
};

/** All that is asked about a text that is not saved, whichever tab is shown. */
export function DefinitionDialogs({
  workflow,
  definition,
}: {
  workflow: Workflow;
  definition: Definition;
}) {
  const { obstacle, save, busy, goOn } = definition;
  return (
    <>
      <Confirm
        open={obstacle === "errors"}
        title="Save it with its errors?"
        action="Save with errors"
        keep="Go on editing"
        harmless={workflow.status === "draft"}
        busy={busy}
        onConfirm={() => save({ draft: true })}
        onClose={goOn}
      >
        The definition has errors. {WITH_ERRORS[workflow.status]}
      </Confirm>
      {(obstacle === "conflict" || obstacle === "conflict again") && (
        <ConflictDialog
          workflow={workflow}
          mine={definition.text}
          again={obstacle === "conflict again"}
          busy={busy}
          onMine={() => save({ revision: workflow.revision })}
          onTheirs={definition.takeTheirs}
          onClose={goOn}
        />
      )}
      <LeaveDialog dirty={definition.dirty} />
    </>
  );
}
