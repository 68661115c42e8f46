// What a page shows when it has nothing, not yet, or not any more to show.

import { CircleAlert, Compass, PlugZap, RotateCw } from "lucide-react";
import type { ReactNode } from "react";

import { isCode, messageOf, ApiError } from "@/api/problem";

import { Button } from "./button";
import { cx } from "./cx";

export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-4 py-16 text-center">
      <div
        aria-hidden="true"
        className="mb-4 flex size-12 items-center justify-center rounded-xl border border-line bg-surface text-ink-3 shadow-2 [&>svg]:size-5"
      >
        {icon}
      </div>
      <h2 className="text-lg font-semibold text-ink">{title}</h2>
      {children !== undefined && <div className="mt-1 text-sm text-ink-3">{children}</div>}
      {actions !== undefined && (
        <div className="mt-5 flex flex-wrap items-center justify-center gap-2">{actions}</div>
      )}
    </div>
  );
}

/** What went wrong, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const away = isCode(error, "unreachable");
  const trace = error instanceof ApiError ? error.problem?.trace_id : undefined;
  return (
    <div role="alert">
      <EmptyState
        icon={away ? <PlugZap /> : <CircleAlert />}
        title={away ? "The server is not there" : "That did not work"}
        actions={
          onRetry && (
            <Button onClick={onRetry}>
              <RotateCw aria-hidden="true" />
              Try again
            </Button>
          )
        }
      >
        <p>{away ? "This page goes on by itself when it is back." : messageOf(error)}</p>
        {trace !== undefined && (
          <p className="mt-2 font-mono text-xs">
            trace <span className="select-all">{trace}</span>
          </p>
        )}
      </EmptyState>
    </div>
  );
}

/** Says that something is nowhere, where trying again would not help. */
export function Nowhere({ children, action }: { children: ReactNode; action: ReactNode }) {
  return (
    <EmptyState icon={<Compass />} title="There is nothing here" actions={action}>
      {children}
    </EmptyState>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cx("h-4 skeleton", className)} />;
}

/** Says that something is on its way, with its shape. */
export function Loading({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div
      role="status"
      aria-busy="true"
      aria-label={label}
      className="animate-[fade-in_.3s_.12s_both]"
    >
      {children}
    </div>
  );
}
