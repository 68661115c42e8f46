import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { FileUp, Plus, SearchX } from "lucide-react";
import { Suspense, useMemo, useRef } from "react";

import { buildWorkflowsQuery } from "@/api/workflows";
import { useHotkeys } from "@/app/hotkeys";
import { part } from "@/app/parts";
import { remembered } from "@/app/remembered";
import { useListKeys } from "@/app/use-list-keys";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { Damaged } from "@/components/damaged";
import { Keys } from "@/components/keys";
import { LoadMore } from "@/components/load-more";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";
import { useSelection } from "@/components/use-selection";
import { useStore } from "@/model/store";

import { BulkActions } from "./bulk-actions";
import { doomed } from "./deletion";
import { DropZone } from "./drop-zone";
import { isFiltered, toFilters } from "./filters";
import { Toolbar } from "./toolbar";
import { useImport } from "./use-import";

import { useWorkflowActions } from "./use-workflow-actions";
import { WorkflowCard } from "./workflow-card";
import { WorkflowRow } from "./workflow-row";

const LibraryEmpty = part(() => import("./library-empty"), "default");
const route = getRouteApi("/workflows");
const lastView = remembered("baton.library.view", ["grid", "list"]);

export function LibraryPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/workflows" });
  const query = useInfiniteQuery(buildWorkflowsQuery(toFilters(search)));
  const gone = useStore(doomed);
  const actions = useWorkflowActions();
  const { busy, importTexts, importFiles } = useImport();
  const picker = useRef<HTMLInputElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const view = search.view ?? lastView.read();

  const loaded = useMemo(
    () => (query.data?.pages ?? []).flatMap((page) => page.items),
    [query.data],
  );
  const workflows = useMemo(() => loaded.filter(({ id }) => !gone.has(id)), [loaded, gone]);
  const damaged = query.data?.pages.flatMap((page) => page.damaged ?? []) ?? [];
  const ids = useMemo(() => workflows.map(({ id }) => id), [workflows]);
  const selection = useSelection(ids);
  const byId = (id: string) => workflows.find((workflow) => workflow.id === id);

  const change = (next: Record<string, string | undefined>) => {
    if (next["view"] === "grid" || next["view"] === "list") lastView.write(next["view"]);
    void navigate({ search: { ...search, ...next }, replace: true });
  };
  useListKeys(list, {
    title: "Library",
    onToggle: (id) => selection.toggle(id),
    onClear: selection.clear,
    selecting: selection.selected.length > 0,
  });
  useHotkeys("Library", [
    { keys: "/", does: "Search in the list", run: () => searchRef.current?.focus() },
    { keys: "c", does: "New workflow", run: () => void navigate({ to: "/workflows/new" }) },
    {
      keys: "v",
      does: "Cards or list",
      run: () => change({ view: view === "grid" ? "list" : "grid" }),
    },
  ]);

  const stored = query.data?.pages[0]?.total_count;
  // What is as good as deleted is not counted either.
  const total = stored === undefined ? undefined : stored - (loaded.length - workflows.length);
  const nothing = query.isSuccess && workflows.length === 0;
  const Item = view === "grid" ? WorkflowCard : WorkflowRow;
  return (
    <DropZone onFiles={(files) => void importFiles(files)}>
      <Page
        title="Library"
        description={
          total === undefined ? "\u00a0" : total === 1 ? "1 workflow" : `${total} workflows`
        }
        actions={
          <>
            <Button busy={busy} onClick={() => picker.current?.click()}>
              <FileUp aria-hidden="true" />
              <span className="max-sm:sr-only">Import</span>
            </Button>
            <Button asChild variant="primary">
              <Link to="/workflows/new">
                <Plus aria-hidden="true" />
                New workflow
              </Link>
            </Button>
          </>
        }
      >
        <input
          ref={picker}
          type="file"
          accept=".yaml,.yml,.json"
          multiple
          hidden
          onChange={(event) => {
            void importFiles([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
        {!(nothing && !isFiltered(search)) && (
          <Toolbar search={search} view={view} onChange={change} searchRef={searchRef} />
        )}
        {query.isPending && <LibrarySkeleton view={view} />}
        {query.isError && !query.data && (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
        <Damaged items={damaged} />
        {nothing && isFiltered(search) && (
          <EmptyState
            icon={<SearchX />}
            title="Nothing fits"
            actions={
              <Button
                onClick={() => change({ search: undefined, tags: undefined, status: undefined })}
              >
                Clear the filters
              </Button>
            }
          >
            No workflow has all that is asked for.
          </EmptyState>
        )}
        {nothing && !isFiltered(search) && (
          <Suspense>
            <LibraryEmpty
              busy={busy}
              onExample={(name, text) => void importTexts([{ name, text }])}
              onFiles={() => picker.current?.click()}
            />
          </Suspense>
        )}
        {workflows.length > 0 && (
          <div
            ref={list}
            aria-busy={query.isPlaceholderData}
            className={cx(
              view === "grid"
                ? "grid grid-cols-1 gap-3 md:grid-cols-2 xl:grid-cols-3"
                : "rounded-lg border border-line bg-surface shadow-1",
              query.isPlaceholderData && "opacity-60 transition-opacity",
            )}
          >
            {workflows.map((workflow) => (
              <Item
                key={workflow.id}
                workflow={workflow}
                actions={actions}
                selected={selection.has(workflow.id)}
                selecting={selection.selected.length > 0}
                onSelect={(range) => selection.toggle(workflow.id, range)}
              />
            ))}
          </div>
        )}
        <LoadMore
          more={query.hasNextPage}
          busy={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
        <BulkActions
          selection={selection}
          workflows={selection.selected.flatMap((id) => byId(id) ?? [])}
          actions={actions}
        />
        {workflows.length > 0 && <KeyHints />}
      </Page>
    </DropZone>
  );
}

function KeyHints() {
  return (
    <p className="mt-6 hidden text-xs text-ink-3 pointer-fine:block">
      <Keys keys="j" /> <Keys keys="k" /> to move, <Keys keys="enter" /> to open, <Keys keys="x" />{" "}
      to select, <Keys keys="?" /> for all keys
    </p>
  );
}

function LibrarySkeleton({ view }: { view: "grid" | "list" }) {
  return (
    <Loading label="Loading workflows">
      <div
        className={cx("grid gap-3", view === "grid" ? "md:grid-cols-2 xl:grid-cols-3" : "gap-px")}
      >
        {Array.from({ length: 6 }, (_, index) => (
          <Skeleton
            key={index}
            className={view === "grid" ? "h-49 rounded-lg opacity-60" : "h-11 opacity-60"}
          />
        ))}
      </div>
    </Loading>
  );
}
