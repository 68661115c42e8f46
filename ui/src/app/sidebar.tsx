import { Link, useLocation } from "@tanstack/react-router";
import { ChevronDown, CircleHelp, PanelLeft, Search } from "lucide-react";
import { useState } from "react";

import icon from "@/assets/icon.svg";
import { IconButton } from "@/components/button";
import { cx } from "@/components/cx";
import { Keys } from "@/components/keys";
import { tip } from "@/components/tooltip";

import { useHotkeys } from "./hotkeys";
import { EXECUTIONS, INBOX, isAt, LIBRARY, type Place, PROJECTS, SETTINGS } from "./places";
import { remembered } from "./remembered";
import { ThemeButton } from "./theme-button";

export interface SidebarProps {
  enabled: boolean;
  waiting: number;
  onSearch: () => void;
  onHelp: () => void;
}

const narrowed = remembered("baton.sidebar", ["wide", "narrow"]);
const folded = remembered("workflows", ["open", "folded"]);

/** Names where there is room for them, icons where there is less, below 640 px neither. */
export function Sidebar({ enabled, waiting, onSearch, onHelp }: SidebarProps) {
  const [narrow, setNarrow] = useState(narrowed.read() === "narrow");
  const toggle = () => {
    narrowed.write(narrow ? "wide" : "narrow");
    setNarrow(!narrow);
  };
  const home = enabled ? LIBRARY : PROJECTS;
  useHotkeys("Everywhere", [{ keys: "[", does: "Fold the sidebar", run: toggle }]);
  return (
    <nav
      aria-label="Main"
      data-narrow={narrow || undefined}
      className={cx(
        "group/side flex w-14 shrink-0 flex-col border-r border-line bg-canvas max-sm:hidden",
        !narrow && "lg:w-58",
      )}
    >
      <div className="flex h-14 items-center gap-2 px-3.5 lg:px-4">
        <Link
          to={home.to}
          aria-label={`Baton, to the ${home.label.toLowerCase()}`}
          className="touch rounded-md"
        >
          <img src={icon} alt="" className="size-6" />
        </Link>
        <span
          className={cx("flex-1 font-semibold tracking-tight max-lg:hidden", narrow && "hidden")}
        >
          Baton
        </span>
        <IconButton
          label={narrow ? "Unfold the sidebar" : "Fold the sidebar"}
          keys="["
          size="icon-sm"
          onClick={toggle}
          className={cx("-mr-1.5 text-ink-3 max-lg:hidden", narrow && "hidden")}
        >
          <PanelLeft />
        </IconButton>
      </div>
      <div className="flex flex-1 flex-col gap-0.5 px-2.5 pb-3">
        <button
          type="button"
          aria-label="Search and do"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={onSearch}
          className={cx(
            "touch mb-3 flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink-3 shadow-1 transition-colors hover:border-ink-3 hover:text-ink-2 max-lg:justify-center",
            narrow && "justify-center",
          )}
        >
          <Search aria-hidden="true" className="size-4 shrink-0" />
          <span
            className={cx(
              "flex flex-1 items-center justify-between max-lg:hidden",
              narrow && "hidden",
            )}
          >
            Search
            <Keys keys="mod+k" />
          </span>
        </button>
        {enabled && <PlaceLink place={INBOX} narrow={narrow} count={waiting} />}
        <PlaceLink place={PROJECTS} narrow={narrow} />
        {enabled && <Section narrow={narrow} />}
        <div className="flex-1" />
        {narrow && (
          <IconButton
            label="Unfold the sidebar"
            keys="["
            onClick={toggle}
            className="self-center text-ink-3 max-lg:hidden"
          >
            <PanelLeft />
          </IconButton>
        )}
        <PlaceLink place={SETTINGS} narrow={narrow} />
        <div
          className={cx(
            "mt-1 flex items-center gap-1 border-t border-line pt-2 max-lg:flex-col",
            narrow && "flex-col",
          )}
        >
          <ThemeButton />
          <IconButton label="Keys" keys="?" onClick={onHelp} className="text-ink-3">
            <CircleHelp />
          </IconButton>
        </div>
      </div>
    </nav>
  );
}

function Section({ narrow }: { narrow: boolean }) {
  const [open, setOpen] = useState(folded.read() !== "folded");
  const toggle = () => {
    folded.write(open ? "folded" : "open");
    setOpen(!open);
  };
  return (
    <div className="mt-4 flex flex-col gap-0.5">
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        className={cx(
          "group mb-0.5 flex h-6 items-center gap-1 rounded-md px-2 text-xs font-medium text-ink-3 hover:text-ink max-lg:hidden",
          narrow && "hidden",
        )}
      >
        Workflows
        <ChevronDown
          aria-hidden="true"
          className={cx("size-3.5 transition-transform", !open && "-rotate-90")}
        />
      </button>
      <div className={cx("flex flex-col gap-0.5", !open && !narrow && "lg:hidden")}>
        <PlaceLink place={LIBRARY} narrow={narrow} />
        <PlaceLink place={EXECUTIONS} narrow={narrow} />
      </div>
    </div>
  );
}

function PlaceLink({
  place,
  narrow,
  count = 0,
}: {
  place: Place;
  narrow: boolean;
  count?: number;
}) {
  const path = useLocation({ select: (location) => location.pathname });
  const here = isAt(place, path);
  const Icon = place.icon;
  return (
    <Link
      to={place.to}
      aria-label={count > 0 ? `${place.label}, ${count} waiting` : place.label}
      aria-current={here ? "page" : undefined}
      {...tip(place.label, place.keys)}
      className={cx(
        "touch relative flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium transition-colors max-lg:justify-center",
        narrow && "justify-center",
        here ? "bg-pressed text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
      )}
    >
      <Icon
        aria-hidden="true"
        className={cx("size-4 shrink-0", here ? "text-accent-ink" : "text-ink-3")}
      />
      <span className={cx("flex-1 max-lg:hidden", narrow && "hidden")}>{place.label}</span>
      {count > 0 && <Count value={count} narrow={narrow} />}
    </Link>
  );
}

function Count({ value, narrow }: { value: number; narrow: boolean }) {
  return (
    <span
      data-tone="waiting"
      aria-hidden="true"
      className={cx(
        "flex h-[18px] min-w-[18px] items-center justify-center rounded-full bg-tone-soft px-1 text-2xs font-semibold text-tone tabular-nums max-lg:absolute max-lg:-top-1 max-lg:-right-1",
        narrow && "absolute -top-1 -right-1",
      )}
    >
      {value > 99 ? "99+" : value}
    </span>
  );
}
