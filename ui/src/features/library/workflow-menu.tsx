import { Archive, ArchiveRestore, CopyPlus, Download, Ellipsis, Send, Trash2 } from "lucide-react";

import type { Workflow } from "@/api/workflows";
import { IconButton } from "@/components/button";
import { CopyItems, type Equivalent } from "@/components/copy";
import { Menu, MenuItem, MenuLine } from "@/components/menu";

import type { WorkflowActions } from "./use-workflow-actions";

/** What can be done with a workflow besides running and reading it. */
export function WorkflowMenu({
  workflow,
  actions,
  onDeleted,
  equivalents,
}: {
  workflow: Workflow;
  actions: WorkflowActions;
  onDeleted?: () => void;
  /** What the page offers beside the menu where there is room for it. */
  equivalents?: () => Equivalent[];
}) {
  const remove = () => {
    actions.remove([workflow]);
    onDeleted?.();
  };
  const archived = workflow.status === "archived";
  return (
    <Menu
      label={`What to do with ${workflow.name}`}
      trigger={
        <IconButton label={`More for ${workflow.name}`} size="icon-sm">
          <Ellipsis />
        </IconButton>
      }
    >
      {workflow.status === "draft" && workflow.is_valid && (
        <MenuItem icon={<Send />} onSelect={() => void actions.setStatus([workflow], "published")}>
          Publish
        </MenuItem>
      )}
      <MenuItem icon={<CopyPlus />} onSelect={() => void actions.duplicate(workflow)}>
        Duplicate
      </MenuItem>
      <MenuItem icon={<Download />} onSelect={() => void actions.save([workflow])}>
        Export YAML
      </MenuItem>
      <MenuItem
        icon={archived ? <ArchiveRestore /> : <Archive />}
        onSelect={() => void actions.setStatus([workflow], archived ? "draft" : "archived")}
      >
        {archived ? "Take out of the archive" : "Archive"}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<Trash2 />} danger onSelect={remove}>
        Delete
      </MenuItem>
      {equivalents && (
        <div className="sm:hidden">
          <MenuLine />
          <CopyItems make={equivalents} />
        </div>
      )}
    </Menu>
  );
}
