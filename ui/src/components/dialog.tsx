// Dialogs in the middle and at the side. The backdrop is ours: the library's
// own injects a style element, which the Content-Security-Policy refuses.

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";

import { IconButton } from "./button";
import { cx } from "./cx";
import { leadBack } from "./lead-back";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  /** Stays at the bottom, below what scrolls. */
  footer?: ReactNode;
  children: ReactNode;
  className?: string;
  /** What has the focus first; the dialog itself when left out. */
  initialFocus?: () => HTMLElement | null;
}

function useStillPage(open: boolean) {
  useEffect(() => {
    if (!open) return;
    document.documentElement.classList.add("overflow-hidden");
    return () => document.documentElement.classList.remove("overflow-hidden");
  }, [open]);
}

function Frame({
  open,
  onClose,
  title,
  description,
  footer,
  children,
  className,
  initialFocus,
}: DialogProps) {
  useStillPage(open);
  // The library leads back to a trigger of its own, of which there is none here.
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div
          data-state={open ? "open" : "closed"}
          className="fixed inset-0 z-40 animate-[fade-in_.15s] bg-backdrop"
        />
        <Radix.Content
          className={cx(
            "fixed z-50 flex flex-col bg-raised shadow-3 outline-none low:overflow-y-auto low:overscroll-contain",
            className,
          )}
          {...(description === undefined && { "aria-describedby": undefined })}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            opener.current = document.activeElement;
            const first = initialFocus?.() ?? event.currentTarget;
            if (first instanceof HTMLElement) first.focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            leadBack(opener.current);
          }}
        >
          <header className="flex shrink-0 items-start gap-3 border-b border-line px-5 pt-4 pb-3.5">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg font-semibold text-ink">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-0.5 text-sm text-ink-3" asChild>
                  <div>{description}</div>
                </Radix.Description>
              )}
            </div>
            <IconButton label="Close" onClick={onClose} className="-mt-0.5 -mr-2">
              <X />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-4 low:flex-none low:overflow-visible">
            {children}
          </div>
          {footer !== undefined && (
            <footer className="flex shrink-0 flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** In the middle; on phones a sheet, where the thumb is. */
export function Dialog({ className, ...rest }: DialogProps) {
  return (
    <Frame
      {...rest}
      className={cx(
        "inset-x-0 top-[max(4vh,12px)] mx-auto max-h-[92vh] w-[calc(100vw-24px)] max-w-xl animate-[rise-in_.16s_ease-out] rounded-xl",
        "max-sm:top-auto max-sm:bottom-0 max-sm:max-h-[92dvh] max-sm:w-full max-sm:max-w-none max-sm:animate-[sheet-in_.2s_ease-out] max-sm:rounded-b-none max-sm:pb-[env(safe-area-inset-bottom)]",
        className,
      )}
    />
  );
}

/** At the bottom, as wide as the screen: for phones. */
export function Sheet({ className, ...rest }: DialogProps) {
  return (
    <Frame
      {...rest}
      className={cx(
        "inset-x-0 bottom-0 max-h-[85vh] animate-[sheet-in_.2s_ease-out] rounded-t-xl pb-[env(safe-area-inset-bottom)]",
        className,
      )}
    />
  );
}

const WIDTHS = { sm: "max-w-80", md: "max-w-[480px]", lg: "max-w-160", xl: "max-w-200" };

/** At the right side, over the page. */
export function SlideOver({
  width = "md",
  className,
  ...rest
}: DialogProps & { width?: keyof typeof WIDTHS }) {
  return (
    <Frame
      {...rest}
      className={cx(
        "inset-y-0 right-0 w-full animate-[slide-in_.3s_ease-out]",
        WIDTHS[width],
        className,
      )}
    />
  );
}
