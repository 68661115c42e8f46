import { Monitor, Moon, Sun } from "lucide-react";

import { IconButton } from "@/components/button";
import { useStore } from "@/model/store";

import { theme } from "./theme";

const LOOKS = {
  system: { label: "Theme: like the system", icon: Monitor, next: "light" },
  light: { label: "Theme: light", icon: Sun, next: "dark" },
  dark: { label: "Theme: dark", icon: Moon, next: "system" },
} as const;

/** Goes from one theme to the next; the settings offer them by name. */
export function ThemeButton() {
  const { label, icon: Icon, next } = LOOKS[useStore(theme)];
  return (
    <IconButton label={label} className="text-ink-3" onClick={() => theme.choose(next)}>
      <Icon />
    </IconButton>
  );
}
