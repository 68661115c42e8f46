import { Link } from "@tanstack/react-router";
import { FolderGit2, FolderX } from "lucide-react";

import type { Project } from "@/api/projects";
import { Tag } from "@/components/tag";

export function ProjectRow({ project }: { project: Project }) {
  const { id, name, path, is_there, source, total_runs, unfinished_runs } = project;
  const Icon = is_there ? FolderGit2 : FolderX;
  return (
    <li
      data-id={id}
      className="relative flex min-h-14 items-center gap-3 border-b border-line px-4 py-2 last:border-0 hover:bg-hover"
    >
      <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <Link
            to="/projects/$projectId"
            params={{ projectId: id }}
            data-item
            title={name}
            className="min-w-0 truncate text-sm font-medium outline-none before:absolute before:inset-0 focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
          >
            {name}
          </Link>
          {source === "specflow" && <Tag>SpecFlow</Tag>}
        </p>
        <p className="truncate text-xs text-ink-3" title={path}>
          <code>{path}</code>
        </p>
        {!is_there && (
          <p data-tone="failed" className="text-xs text-tone">
            The directory is not there.
          </p>
        )}
      </div>
      <p className="shrink-0 text-right text-xs text-ink-3 tabular-nums">
        {total_runs === 1 ? "1 run" : `${total_runs} runs`}
        {unfinished_runs > 0 && (
          <span data-tone="running" className="block font-medium text-tone">
            {unfinished_runs} not ended
          </span>
        )}
      </p>
    </li>
  );
}
