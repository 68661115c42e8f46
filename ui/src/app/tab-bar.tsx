import { Link, useLocation } from "@tanstack/react-router";
import { Search } from "lucide-react";

import { cx } from "@/components/cx";

import { EXECUTIONS, INBOX, isAt, LIBRARY, type Place, PROJECTS, SETTINGS } from "./places";

const ITEM =
  "relative flex h-14 min-w-11 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium";

/** The navigation where a thumb reaches it. */
export function TabBar({
  enabled,
  waiting,
  onSearch,
}: {
  enabled: boolean;
  waiting: number;
  onSearch: () => void;
}) {
  const path = useLocation({ select: (location) => location.pathname });
  const places: Place[] = enabled
    ? [LIBRARY, EXECUTIONS, INBOX, PROJECTS, SETTINGS]
    : [PROJECTS, SETTINGS];
  return (
    <nav
      aria-label="Main"
      className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {places.map((place) => {
        const here = isAt(place, path);
        const count = place === INBOX ? waiting : 0;
        return (
          <Link
            key={place.to}
            to={place.to}
            aria-current={here ? "page" : undefined}
            aria-label={count > 0 ? `${place.label}, ${count} waiting` : place.label}
            className={cx(ITEM, here ? "text-accent-ink" : "text-ink-3")}
          >
            <place.icon aria-hidden="true" className="size-5" />
            <span aria-hidden="true">{place.label}</span>
            {count > 0 && (
              <span
                data-tone="waiting"
                aria-hidden="true"
                className="absolute top-1.5 left-1/2 ml-1.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-tone-soft px-1 text-2xs font-semibold text-tone"
              >
                {count > 99 ? "99+" : count}
              </span>
            )}
          </Link>
        );
      })}
      <button type="button" onClick={onSearch} className={cx(ITEM, "text-ink-3")}>
        <Search aria-hidden="true" className="size-5" />
        Search
      </button>
    </nav>
  );
}
