import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Inbox, SearchX } from "lucide-react";
import { useState } from "react";

import { buildInboxQuery, type InboxItem } from "@/api/inbox";
import { useHotkeys } from "@/app/hotkeys";
import { compact } from "@/app/search-params";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { Damaged } from "@/components/damaged";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";
import { useNow } from "@/components/time";
import { ProjectFilter } from "@/features/projects/project-filter";
import { useProjectNames } from "@/features/projects/use-project-names";
import { byUrgency, keyOf, nameOf } from "@/model/inbox";

import { InboxDetail } from "./inbox-detail";
import { InboxList } from "./inbox-list";
import { NotifyButton } from "./notify-button";

const route = getRouteApi("/inbox");

/** What waits for a person, in all runs, and everything that is needed to answer. */
export function InboxPage() {
  const { item: named, project } = route.useSearch();
  const navigate = useNavigate({ from: "/inbox" });
  const query = useQuery(buildInboxQuery());
  const names = useProjectNames();
  const all = query.data?.items ?? [];
  const fitting = all.filter(
    ({ project_id: id }) =>
      project === undefined || id === project || (id !== null && names.get(id) === project),
  );
  const groups = byUrgency(fitting, useNow(60_000));
  const items = groups.flatMap((group) => group.items);
  const byName = (name: string | undefined) => items.find((item) => nameOf(item) === name);
  const chosen = byName(named);
  // Something more urgent comes first in the list, but not under the hands of who answers.
  const [opened, setOpened] = useState<string>();
  const shown = chosen ?? byName(opened) ?? items[0];
  const name = shown && nameOf(shown);
  if (name !== opened) setOpened(name);
  const go = (search: { item?: string | undefined; project?: string | undefined }) =>
    void navigate({ search: compact({ project, ...search }), replace: true });
  const show = (item: InboxItem | undefined) => go({ item: item && nameOf(item) });
  const move = (by: number) => {
    const here = shown ? items.indexOf(shown) : -1;
    show(items[Math.max(0, Math.min(items.length - 1, here + by))]);
  };
  useHotkeys("Inbox", [
    { keys: "j", does: "Next", run: () => move(1) },
    { keys: "k", does: "Previous", run: () => move(-1) },
    {
      keys: "f",
      does: "To the form",
      run: () => document.querySelector<HTMLElement>("#item input, #item textarea")?.focus(),
    },
  ]);
  const count = items.length;
  const later = (query.data?.total_count ?? 0) - all.length;
  const summary = waits(count);
  return (
    <Page
      title="Inbox"
      wide
      description={
        query.isPending
          ? "\u00a0"
          : later > 0
            ? `${summary} here, and ${later} more when these are answered`
            : summary
      }
      actions={
        <>
          {(all.length > 0 || project !== undefined) && (
            <ProjectFilter
              value={project}
              onChange={(next) => go({ project: next || undefined })}
            />
          )}
          <NotifyButton />
        </>
      }
    >
      {query.isPending && (
        <Loading label="Loading what waits">
          <Skeleton className="h-96 rounded-lg opacity-60" />
        </Loading>
      )}
      {query.isError && !query.data && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      <Damaged items={query.data?.damaged ?? []} />
      {query.isSuccess && count === 0 && all.length > 0 && (
        <EmptyState
          icon={<SearchX />}
          title="Nothing waits in this project"
          actions={<Button onClick={() => go({ project: undefined })}>Show all projects</Button>}
        >
          {waits(all.length)} elsewhere.
        </EmptyState>
      )}
      {query.isSuccess && all.length === 0 && (
        <EmptyState icon={<Inbox />} title="Nothing waits for you">
          Gates to decide and questions of agents come here, from all runs.
        </EmptyState>
      )}
      {shown && (
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(260px,340px)_minmax(0,1fr)] xl:gap-8">
          <InboxList
            groups={groups}
            shown={shown}
            onShow={show}
            className={cx(chosen && "max-lg:hidden")}
          />
          <InboxDetail
            key={keyOf(shown)}
            item={shown}
            onBack={() => show(undefined)}
            className={cx(!chosen && "max-lg:hidden")}
          />
        </div>
      )}
    </Page>
  );
}

function waits(count: number): string {
  return count === 1 ? "1 thing waits" : `${count} things wait`;
}
