import { PlugZap } from "lucide-react";
import { useEffect, useRef } from "react";

import { client } from "@/api/client";
import { reachability } from "@/api/reachability";
import { toast } from "@/components/toast";
import { useStore } from "@/model/store";

const ASK_AGAIN_MS = 2_000;

/** Says that the server is away, asks until it is back, and says that, too. */
export function ReachabilityBanner() {
  const away = useStore(reachability) === "unreachable";

  // One that comes and goes is told of once, and nothing says the opposite of the banner.
  const told = useRef<number>(undefined);
  useEffect(
    () =>
      reachability.onReturn(() => {
        if (told.current !== undefined) toast.dismiss(told.current);
        told.current = toast.success("The server is back", {
          detail: "Everything here was asked for again.",
        });
      }),
    [],
  );
  useEffect(() => {
    if (away && told.current !== undefined) toast.dismiss(told.current);
  }, [away]);
  useEffect(() => {
    if (!away) return;
    const timer = setInterval(() => {
      void client.GET("/api/v1/config/feature-flags").catch(() => undefined);
    }, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [away]);

  return (
    <div role="status">
      {away && (
        <div
          data-tone="paused"
          className="flex items-center gap-2.5 border-b border-line bg-tone-soft px-4 py-2 text-sm text-tone sm:px-6 lg:px-8"
        >
          <PlugZap aria-hidden="true" className="size-4 shrink-0" />
          <p>
            <strong className="font-semibold">The server does not answer.</strong> What is shown is
            what it said last; this goes on by itself when it is back.
          </p>
        </div>
      )}
    </div>
  );
}
