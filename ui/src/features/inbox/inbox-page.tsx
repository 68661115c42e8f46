import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, Inbox, SearchX } from "lucide-react";
import { useRef } from "react";

import { buildInboxQuery, type InboxItem } from "@/api/inbox";
import type { Lead } from "@/app/focus";
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
import { MissedDetail } from "./missed-detail";
import { NotifyButton } from "./notify-button";
import { useShown } from "./use-shown";

const route = getRouteApi("/inbox");

/** What waits, and beside it the one that is looked at. */
const COLUMNS =
  "grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(260px,340px)_minmax(0,1fr)] xl:gap-8";

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
  const { shown, answered, missed, beside, hold } = useShown({
    all: query.data?.items,
    items,
    named,
  });
  const leadRef = useRef<Lead>(null);
  const go = (search: { item?: string | undefined; project?: string | undefined }) =>
    void navigate({ search: compact({ project, ...search }), replace: true });
  const show = (item: InboxItem | undefined) => {
    const name = item && nameOf(item);
    // The same stage may ask once more, which the address does not tell.
    if (name === named) hold(item);
    else go({ item: name });
  };
  const move = (by: 1 | -1) => show(beside(by) ?? shown);
  const after = answered || missed !== undefined ? beside(1) : undefined;
  const detail = {
    leadRef,
    next: after && {
      label: `Next: ${after.stage_name}`,
      go: () => {
        leadRef.current = "always";
        show(after);
      },
    },
    // Where there is room for one thing only, it is what the address names.
    className: cx(named === undefined && "max-lg:hidden"),
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
  const isOpen = shown !== undefined || missed !== undefined;
  const count = items.length;
  const later = (query.data?.total_count ?? 0) - all.length;
  const summary = waits(count);
  // Where there is room for one thing only, its page begins with the way back.
  const onlyBeside = cx(named !== undefined && "max-lg:hidden");
  const toAll = () => show(undefined);
  return (
    <Page
      title="Inbox"
      wide
      heading={
        <>
          {named !== undefined && (
            <Button variant="ghost" className="-ml-3 lg:hidden" onClick={toAll}>
              <ArrowLeft aria-hidden="true" />
              All that waits
            </Button>
          )}
          <h1
            className={cx(
              "text-xl font-semibold text-ink",
              named !== undefined && "max-lg:sr-only",
            )}
          >
            Inbox
          </h1>
        </>
      }
      description={
        <span className={onlyBeside}>
          {query.isPending
            ? "\u00a0"
            : later > 0
              ? `${summary} here, and ${later} more when these are answered`
              : summary}
        </span>
      }
      actions={
        <div className={cx("flex flex-wrap items-center gap-2", onlyBeside)}>
          {(all.length > 0 || project !== undefined) && (
            <ProjectFilter
              value={project}
              onChange={(next) => go({ project: next || undefined })}
            />
          )}
          <NotifyButton />
        </div>
      }
    >
      {query.isPending && (
        <Loading label="Loading what waits">
          <div className={COLUMNS}>
            <div className={cx("opacity-60", onlyBeside)}>
              <Skeleton className="mb-1.5 h-4 w-20" />
              <Skeleton className="h-72 rounded-lg" />
            </div>
            <div
              className={cx(
                "flex flex-col gap-5 opacity-60",
                named === undefined && "max-lg:hidden",
              )}
            >
              <Skeleton className="h-7 w-64 max-w-full" />
              <Skeleton className="h-80 rounded-lg" />
            </div>
          </div>
        </Loading>
      )}
      {query.isError && !query.data && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      <Damaged items={query.data?.damaged ?? []} />
      {query.isSuccess && !isOpen && count === 0 && all.length > 0 && (
        <EmptyState
          icon={<SearchX />}
          title="Nothing waits in this project"
          actions={<Button onClick={() => go({ project: undefined })}>Show all projects</Button>}
        >
          {waits(all.length)} elsewhere.
        </EmptyState>
      )}
      {query.isSuccess && !isOpen && all.length === 0 && (
        <EmptyState icon={<Inbox />} title="Nothing waits for you">
          Gates to decide and questions of agents come here, from all runs.
        </EmptyState>
      )}
      {isOpen && (
        <div className={COLUMNS}>
          <InboxList
            groups={groups}
            shown={shown}
            nothing={project === undefined ? "Nothing waits for you" : "Nothing waits here"}
            onShow={show}
            className={onlyBeside}
          />
          {shown && <InboxDetail key={keyOf(shown)} item={shown} answered={answered} {...detail} />}
          {missed !== undefined && (
            <MissedDetail key={missed} name={missed} onBack={toAll} {...detail} />
          )}
        </div>
      )}
    </Page>
  );
}

function waits(count: number): string {
  return count === 1 ? "1 thing waits" : `${count} things wait`;
}
