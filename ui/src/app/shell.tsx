// What stands around every page.

import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";

import { engine } from "@/api/engine";
import { buildFlagsQuery } from "@/api/settings";
import { session } from "@/api/session";
import { useStore } from "@/model/store";

import { EngineOff } from "./engine-off";
import { listenForHotkeys, useHotkeys } from "./hotkeys";
import { part } from "./parts";
import { EXECUTIONS, INBOX, isOfEngine, LIBRARY, PROJECTS, SETTINGS } from "./places";
import { ReachabilityBanner } from "./reachability-banner";
import { Sidebar } from "./sidebar";
import { SignIn } from "./sign-in";
import { TabBar } from "./tab-bar";
import { useInbox } from "./use-inbox";
import { useRunEnds } from "./use-run-ends";

const Palette = part(() => import("@/features/palette/palette"), "default");
const Help = part(() => import("@/features/palette/help"), "default");

type Overlay = "palette" | "help" | null;

export function Shell() {
  useQuery(buildFlagsQuery());
  const workflows = useStore(engine);
  const path = useLocation({ select: (location) => location.pathname });
  const refused = useStore(session.refused);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const enabled = workflows !== "off";
  const waiting = useInbox(workflows === "on" && !refused);
  useRunEnds(workflows === "on" && !refused);

  useEffect(listenForHotkeys, []);
  useGlobalKeys(setOverlay, enabled);

  if (refused) return <SignIn />;
  const close = () => setOverlay(null);
  return (
    <div className="flex h-full max-sm:flex-col print:block print:h-auto">
      <a
        href="#main"
        className="sr-only rounded-md bg-raised px-3 py-2 text-sm font-medium shadow-3 focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-80"
      >
        Skip to the page
      </a>
      <Sidebar
        enabled={enabled}
        waiting={waiting}
        onSearch={() => setOverlay("palette")}
        onHelp={() => setOverlay("help")}
      />
      <div
        id="scroll"
        className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto print:overflow-visible"
      >
        <ReachabilityBanner />
        {!enabled && isOfEngine(path) ? <EngineOff /> : <Outlet />}
      </div>
      <TabBar enabled={enabled} waiting={waiting} onSearch={() => setOverlay("palette")} />
      <Suspense>
        {overlay === "palette" && <Palette onClose={close} onHelp={() => setOverlay("help")} />}
        {overlay === "help" && <Help onClose={close} />}
      </Suspense>
    </div>
  );
}

function useGlobalKeys(open: (overlay: Overlay) => void, enabled: boolean) {
  const navigate = useNavigate();
  const places = enabled ? [LIBRARY, EXECUTIONS, INBOX, PROJECTS, SETTINGS] : [PROJECTS, SETTINGS];
  useHotkeys("Everywhere", [
    { keys: "mod+k", does: "Search and do", run: () => open("palette"), inInputs: true },
    { keys: "?", does: "Show these keys", run: () => open("help") },
    ...places.map(({ to, label, keys }) => ({
      keys,
      does: `Go to the ${label.toLowerCase()}`,
      run: () => void navigate({ to }),
    })),
  ]);
}
