import { type ReactNode, useRef } from "react";

import { Button } from "./button";
import { Dialog } from "./dialog";

/** Asks before something that cannot be taken back. */
export function Confirm({
  open,
  title,
  children,
  action,
  busy = false,
  onConfirm,
  onClose,
}: {
  open: boolean;
  title: string;
  children: ReactNode;
  action: string;
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
            Keep it
          </Button>
          <Button variant="danger" busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-sm text-ink-2">{children}</div>
    </Dialog>
  );
}
