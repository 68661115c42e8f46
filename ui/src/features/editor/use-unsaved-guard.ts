import { useBlocker } from "@tanstack/react-router";

/** Asks before somebody leaves with changes that are nowhere else. */
export function useUnsavedGuard(dirty: boolean) {
  return useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
}
