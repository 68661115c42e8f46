import { type ReactNode, useRef } from "react";

import { Button } from "./button";
import { Dialog } from "./dialog";

/** Asks before something that cannot be taken back, or that costs something. */
export function Confirm({
  open,
  title,
  children,
  action,
  keep: keepWords = "Keep it",
  harmless = false,
  busy = false,
  onConfirm,
  onClose,
}: {
  open: boolean;
  title: string;
  children: ReactNode;
  action: string;
  /** How it is called to leave everything as it is. */
  keep?: string;
  /** Nothing is lost by it. */
  harmless?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const keep = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open={open}
      initialFocus={() => keep.current}
      onClose={onClose}
      title={title}
      className="max-w-md"
      footer={
        <>
          <Button ref={keep} onClick={onClose}>
            {keepWords}
          </Button>
          <Button variant={harmless ? "secondary" : "danger"} busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-sm text-ink-2">{children}</div>
    </Dialog>
  );
}
