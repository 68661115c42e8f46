// Short notes at the edge of the page, some with a way back.

import { Check, CircleAlert, Info, X } from "lucide-react";
import { useEffect } from "react";

import { messageOf } from "@/api/problem";
import { createStore, useStore } from "@/model/store";

import { Button, IconButton } from "./button";

export interface Toast {
  id: number;
  kind: "success" | "error" | "info";
  title: string;
  detail?: string;
  action?: { label: string; run: () => void };
  /** How long it stays; errors stay longer. */
  ms: number;
}

const toasts = createStore<readonly Toast[]>([]);
let nextId = 1;

function show(kind: Toast["kind"], title: string, more: Partial<Toast> = {}): number {
  const id = nextId;
  nextId += 1;
  const ms = kind === "error" ? 10_000 : 5_000;
  toasts.update((list) => [...list.slice(-3), { id, kind, title, ms, ...more }]);
  return id;
}

export const toast = {
  success: (title: string, more?: Partial<Toast>) => show("success", title, more),
  info: (title: string, more?: Partial<Toast>) => show("info", title, more),
  error: (title: string, error?: unknown, more?: Partial<Toast>) =>
    show("error", title, { ...(error !== undefined && { detail: messageOf(error) }), ...more }),
  dismiss: (id: number) => {
    toasts.update((list) => list.filter((one) => one.id !== id));
  },
};

const ICONS = { success: Check, error: CircleAlert, info: Info };
const TONES = { success: "completed", error: "failed", info: "running" };

export function Toaster() {
  const list = useStore(toasts);
  return (
    <section
      aria-label="Notifications"
      aria-live="polite"
      aria-relevant="additions"
      className="pointer-events-none fixed inset-x-3 bottom-[calc(12px+env(safe-area-inset-bottom))] z-70 flex flex-col items-end gap-2 max-md:bottom-18 sm:left-auto sm:w-92 print:hidden"
    >
      {list.map((one) => (
        <Note key={one.id} toast={one} />
      ))}
    </section>
  );
}

function Note({ toast: one }: { toast: Toast }) {
  const Icon = ICONS[one.kind];
  useEffect(() => {
    const timer = setTimeout(() => {
      toast.dismiss(one.id);
    }, one.ms);
    return () => clearTimeout(timer);
  }, [one.id, one.ms]);
  return (
    <div
      role={one.kind === "error" ? "alert" : "status"}
      data-tone={TONES[one.kind]}
      className="pointer-events-auto flex w-full animate-[rise-in_.16s_ease-out] items-start gap-2.5 rounded-lg border border-line bg-raised py-2.5 pr-2 pl-3 shadow-3"
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-tone" />
      <div className="min-w-0 flex-1 py-px">
        <p className="text-sm font-medium text-ink">{one.title}</p>
        {one.detail !== undefined && (
          <p className="mt-0.5 line-clamp-4 text-xs text-ink-2">{one.detail}</p>
        )}
      </div>
      {one.action && (
        <Button
          size="sm"
          onClick={() => {
            one.action?.run();
            toast.dismiss(one.id);
          }}
        >
          {one.action.label}
        </Button>
      )}
      <IconButton label="Dismiss" size="icon-sm" onClick={() => toast.dismiss(one.id)}>
        <X />
      </IconButton>
    </div>
  );
}
