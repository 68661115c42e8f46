import { Bell, BellOff } from "lucide-react";

import { notifications } from "@/app/notifications";
import { Button } from "@/components/button";
import { useStore } from "@/model/store";

/** Offers notes of the browser; whoever said no there is not asked again. */
export function NotifyButton() {
  const state = useStore(notifications);
  if (state === "unsupported" || state === "denied") return null;
  const on = state === "on";
  return (
    <Button
      variant="ghost"
      onClick={() => (on ? notifications.turnOff() : void notifications.turnOn())}
    >
      {on ? <BellOff aria-hidden="true" /> : <Bell aria-hidden="true" />}
      {on ? "Stop telling me" : "Tell me in the browser"}
    </Button>
  );
}
