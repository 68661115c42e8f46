import { Check, Copy, Terminal } from "lucide-react";
import { useEffect, useState } from "react";

import { IconButton, Button } from "./button";
import { Menu, MenuItem, MenuLabel } from "./menu";
import { toast } from "./toast";

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    toast.error("The browser does not let this page copy", error);
    return false;
  }
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <IconButton
      label={done ? "Copied" : label}
      size="icon-sm"
      // As high as a line of facts, however large a finger finds it.
      className="in-[dd]:-my-1 pointer-coarse:size-11 pointer-coarse:in-[dd]:-my-3"
      onClick={() => void copy(text).then(setDone)}
    >
      {done ? <Check /> : <Copy />}
    </IconButton>
  );
}

export interface Equivalent {
  label: string;
  text: string;
}

/** The same as a command or a request; made when it is asked for. */
export function CopyAs({ make }: { make: () => Equivalent[] }) {
  return (
    <Menu
      label="Copy as"
      trigger={
        <Button variant="ghost">
          <Terminal aria-hidden="true" />
          Copy as
        </Button>
      }
    >
      <CopyItems make={make} />
    </Menu>
  );
}

/** The same among other things of a menu. */
export function CopyItems({ make }: { make: () => Equivalent[] }) {
  return (
    <>
      <MenuLabel>Copy the same as</MenuLabel>
      {make().map(({ label, text }) => (
        <MenuItem
          key={label}
          onSelect={() =>
            void copy(text).then((done) => done && toast.success(`Copied as ${label}`))
          }
        >
          {label}
        </MenuItem>
      ))}
    </>
  );
}
