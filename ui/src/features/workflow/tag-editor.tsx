import { X } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import { usePatchWorkflow, type Workflow } from "@/api/workflows";
import { Button, IconButton } from "@/components/button";
import { Input } from "@/components/field";
import { toast } from "@/components/toast";

/** Words to find a workflow by. */
export function TagEditor({ workflow }: { workflow: Workflow }) {
  const [draft, setDraft] = useState("");
  const { mutate, isPending, variables } = usePatchWorkflow();
  const tags = isPending ? (variables.tags ?? workflow.tags) : workflow.tags;
  const set = (next: string[]) => {
    mutate(
      { id: workflow.id, tags: next },
      { onError: (error) => toast.error("The tags were not changed", error) },
    );
  };
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const tag = draft.trim();
    if (tag !== "" && !tags.includes(tag)) set([...tags, tag]);
    setDraft("");
  };
  return (
    <div className="flex flex-col gap-3">
      {tags.length > 0 && (
        <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li
              key={tag}
              className="flex h-7 items-center rounded-md border border-line bg-sunken pl-2 text-xs font-medium text-ink-2"
            >
              {tag}
              <IconButton
                label={`Remove ${tag}`}
                size="icon-sm"
                className="size-6"
                onClick={() => set(tags.filter((one) => one !== tag))}
              >
                <X />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={add} className="flex gap-2">
        <Input
          aria-label="Another tag"
          placeholder="Another tag"
          className="max-w-52"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
        />
        <Button type="submit" disabled={draft.trim() === ""}>
          Add
        </Button>
      </form>
    </div>
  );
}
