import type { WorkflowFilters } from "@/api/workflows";
import { compact } from "@/app/search-params";
import type { WorkflowStatus } from "@/model/status";

/** What the URL of the library says. */
export interface LibrarySearch {
  search?: string;
  tags?: string;
  status?: WorkflowStatus;
  sort?: "updated_at" | "created_at" | "name";
  order?: "asc" | "desc";
  view?: "grid" | "list";
}

/** What the server is asked for. */
export function toFilters({ search, tags, status, sort, order }: LibrarySearch): WorkflowFilters {
  const by = sort ?? "updated_at";
  return compact({
    search,
    tags,
    status,
    sort_by: by,
    sort_order: order ?? (by === "name" ? "asc" : "desc"),
  });
}

/** Whether anything is left out. */
export function isFiltered({ search, tags, status }: LibrarySearch): boolean {
  return search !== undefined || tags !== undefined || status !== undefined;
}
