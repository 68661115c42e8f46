// Browsers open six connections to a server and no more, for all tabs together:
// a tab that nobody looks at gives its stream back soon and resumes it later, and
// one that was opened in the background has none until somebody looks.

export const UNSEEN_MS = 10_000;

/** Aborts when the page was out of sight for a while. */
export function untilUnseen(): { signal: AbortSignal; stop: () => void } {
  const unseen = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => unseen.abort(), UNSEEN_MS);
  };
  look();
  document.addEventListener("visibilitychange", look);
  const stop = () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
  return { signal: unseen.signal, stop };
}

/** Waits until the page is in sight, or nobody wants to know any more. */
export function whenSeen(stop: AbortSignal): Promise<void> {
  if (!document.hidden || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !stop.aborted) return;
      document.removeEventListener("visibilitychange", look);
      stop.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    stop.addEventListener("abort", look);
  });
}
