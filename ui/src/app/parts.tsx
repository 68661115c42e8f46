// Parts of the program that are loaded when they are needed, or when there is
// nothing else to do: once the server is away, they could not be had any more.

import { PlugZap, RotateCw } from "lucide-react";
import {
  type ComponentType,
  createElement,
  Fragment,
  type ReactNode,
  useEffect,
  useReducer,
  useRef,
} from "react";

import { client } from "@/api/client";
import { reachability } from "@/api/reachability";
import { Button } from "@/components/button";
import { Page } from "@/components/page";
import { EmptyState } from "@/components/states";
import { useStore } from "@/model/store";

/** How all that are known are loaded; a part that is there may bring more. */
const loads: (() => Promise<void>)[] = [];

interface PartOptions {
  /** Stands around what is said where the file cannot be had. */
  around?: ComponentType<{ children: ReactNode }>;
  /** Asks for a new page; whether it did. */
  reload?: () => boolean;
}

/**
 * A component in a file of its own. Where that cannot be had, its place says
 * so, and it is asked for again when the server is back.
 */
export function part<Name extends string, Props extends object>(
  importFile: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
  { around = Fragment, reload = reloadOnce }: PartOptions = {},
) {
  let Loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  /** It could not be had, perhaps because the server has other files by now. */
  let missing: { outdated: boolean } | undefined;

  const load = () =>
    (loading ??= importFile().then(
      (file) => {
        Loaded = file[name];
        missing = undefined;
      },
      async () => {
        loading = undefined;
        missing = { outdated: false };
        // Tells whether the server is away, or has other files by now.
        await client.GET("/api/v1/config/feature-flags").catch(() => undefined);
      },
    ));
  const loadAgain = async () => {
    await load();
    if (missing === undefined || reachability.get() === "unreachable") return;
    // Some browsers remember what was missing, and another version of the
    // program has other files: a new page has all of them.
    missing.outdated = !reload();
  };
  loads.push(load);

  function LoadedPart(props: Props) {
    const [, draw] = useReducer((times: number) => times + 1, 0);
    if (Loaded) return createElement(Loaded, props);
    if (missing) {
      const again = () => void loadAgain().then(draw);
      const words = <Missing outdated={missing.outdated} onAgain={again} />;
      return createElement(around, undefined, words);
    }
    // It is not there yet, and its place waits for it.
    throw load();
  }
  return Object.assign(LoadedPart, { preload: load });
}

/** A whole page in a file of its own. */
export function pagePart<Name extends string, Props extends object>(
  importFile: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
) {
  return part(importFile, name, { around: NotLoaded });
}

function NotLoaded({ children }: { children: ReactNode }) {
  return <Page title="Not loaded yet">{children}</Page>;
}

function Missing({ outdated, onAgain }: { outdated: boolean; onAgain: () => void }) {
  const server = useStore(reachability);
  const again = useRef(onAgain);
  useEffect(() => {
    if (reachability.get() === "reachable") again.current();
    return reachability.onReturn(() => again.current());
  }, []);
  if (outdated) return <Outdated />;
  // It is being asked for.
  if (server === "reachable") return null;
  return (
    <NotThere title="The server is not there" action="Try again" onAction={onAgain}>
      This part of the program is not loaded yet. It comes by itself when the server is back.
    </NotThere>
  );
}

/** The server answers without this file, and a new page was of no use. */
function Outdated() {
  return (
    <NotThere
      title="This part of the program is not there"
      action="Load the page anew"
      onAction={() => location.reload()}
    >
      The server answers, but has no such file; it may be another version by now.
    </NotThere>
  );
}

function NotThere({
  title,
  action,
  onAction,
  children,
}: {
  title: string;
  action: string;
  onAction: () => void;
  children: ReactNode;
}) {
  return (
    <div role="alert">
      <EmptyState
        icon={<PlugZap />}
        title={title}
        actions={
          <Button onClick={onAction}>
            <RotateCw aria-hidden="true" />
            {action}
          </Button>
        }
      >
        {children}
      </EmptyState>
    </div>
  );
}

const RELOADED = "baton.reloaded";
const RELOAD_AGAIN_MS = 60_000;

/** Asks for the whole page anew, unless that has just been of no use. */
function reloadOnce(): boolean {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < RELOAD_AGAIN_MS) return false;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
  return true;
}

/** One after the other, so that nothing else has to wait; up to the first that is not there. */
export async function loadParts(): Promise<void> {
  for (const load of loads) {
    await load();
    if (reachability.get() === "unreachable") return;
  }
}
