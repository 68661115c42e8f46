// What stands around every page.

import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";

import { buildFlagsQuery } from "@/api/settings";
import { session } from "@/api/session";
import { useStore } from "@/model/store";

import { EngineOff } from "./engine-off";
import { listenForHotkeys, useHotkeys } from "./hotkeys";
import { part } from "./parts";
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
  const flags = useQuery(buildFlagsQuery());
  const refused = useStore(session.refused);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const enabled = flags.data?.workflow_engine_enabled ?? true;
  const waiting = useInbox(enabled && !refused);
  useRunEnds(enabled && !refused);

  useEffect(listenForHotkeys, []);
  useGlobalKeys(setOverlay);

  if (refused) return <SignIn />;
  const close = () => setOverlay(null);
  return (
    <div className="flex h-full max-sm:flex-col">
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
      <div id="scroll" className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto">
        <ReachabilityBanner />
        {enabled ? <Outlet /> : <EngineOff />}
      </div>
      <TabBar enabled={enabled} waiting={waiting} onSearch={() => setOverlay("palette")} />
      <Suspense>
        {overlay === "palette" && <Palette onClose={close} onHelp={() => setOverlay("help")} />}
        {overlay === "help" && <Help onClose={close} />}
      </Suspense>
    </div>
  );
}

function useGlobalKeys(open: (overlay: Overlay) => void) {
  const navigate = useNavigate();
  useHotkeys("Everywhere", [
    { keys: "mod+k", does: "Search and do", run: () => open("palette"), inInputs: true },
    { keys: "?", does: "Show these keys", run: () => open("help") },
    { keys: "g l", does: "Go to the library", run: () => void navigate({ to: "/workflows" }) },
    {
      keys: "g e",
      does: "Go to the executions",
      run: () => void navigate({ to: "/workflows/executions" }),
    },
    { keys: "g i", does: "Go to the inbox", run: () => void navigate({ to: "/inbox" }) },
    { keys: "g p", does: "Go to the projects", run: () => void navigate({ to: "/projects" }) },
    { keys: "g s", does: "Go to the settings", run: () => void navigate({ to: "/settings" }) },
  ]);
}
