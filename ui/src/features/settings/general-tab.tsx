import { LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";

import { session } from "@/api/session";
import { notifications } from "@/app/notifications";
import { theme } from "@/app/theme";
import { Button } from "@/components/button";
import { Switch } from "@/components/field";
import { Segmented } from "@/components/segmented";
import { useStore } from "@/model/store";

import { Setting, Settings } from "./setting";

const THEMES = [
  { value: "system", label: "System", icon: <Monitor aria-hidden="true" /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden="true" /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden="true" /> },
] as const;

const NOTES = {
  on: "New gates and questions are told while this tab is in the background.",
  off: "New gates and questions can be told while this tab is in the background.",
  denied: "The browser does not allow it; its settings for this site can change that.",
  unsupported: "This browser cannot do it here.",
};

/** What this browser remembers. */
export function GeneralTab() {
  const chosen = useStore(theme);
  const notes = useStore(notifications);
  const token = useStore({ get: session.token, subscribe: session.subscribe });
  const queries = useQueryClient();
  return (
    <Settings>
      <Setting title="Theme" hint="Kept in this browser.">
        <Segmented
          label="Theme"
          words
          value={chosen}
          onChange={(next) => theme.choose(next)}
          choices={THEMES}
        />
      </Setting>
      <Setting title="Notifications of the browser" hint={NOTES[notes]}>
        {(notes === "on" || notes === "off") && (
          <Switch
            aria-label="Notifications of the browser"
            checked={notes === "on"}
            onCheckedChange={(on) => (on ? void notifications.turnOn() : notifications.turnOff())}
          />
        )}
      </Setting>
      {token !== null && (
        <Setting title="Signed in" hint="With a token that this browser keeps.">
          <Button
            onClick={() => {
              session.signOut();
              void queries.resetQueries();
            }}
          >
            <LogOut aria-hidden="true" />
            Sign out
          </Button>
        </Setting>
      )}
    </Settings>
  );
}
