import { Archive, CheckCheck, Download, Trash2 } from "lucide-react";

import type { Workflow } from "@/api/workflows";
import { BulkBar } from "@/components/bulk-bar";
import { Button } from "@/components/button";
import type { Selection } from "@/components/use-selection";

import type { WorkflowActions } from "./use-workflow-actions";

export function BulkActions({
  selection,
  workflows,
  actions,
}: {
  selection: Selection;
  workflows: readonly Workflow[];
  actions: WorkflowActions;
}) {
  const then = (act: () => void) => () => {
    act();
    selection.clear();
  };
  return (
    <BulkBar selection={selection}>
      <Button variant="ghost" onClick={selection.all}>
        <CheckCheck aria-hidden="true" />
        All
      </Button>
      <Button variant="ghost" onClick={() => void actions.save(workflows)}>
        <Download aria-hidden="true" />
        Export
      </Button>
      <Button variant="ghost" onClick={then(() => void actions.setStatus(workflows, "archived"))}>
        <Archive aria-hidden="true" />
        Archive
      </Button>
      <Button variant="danger" onClick={then(() => actions.remove(workflows))}>
        <Trash2 aria-hidden="true" />
        Delete
      </Button>
    </BulkBar>
  );
}
