import { useEffect, useRef } from "react";

import { Button } from "./button";

/** Loads the next page when it comes into view, or is pressed. */
export function LoadMore({
  more,
  busy,
  onMore,
}: {
  more: boolean;
  busy: boolean;
  onMore: () => void;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  useEffect(() => {
    latest.current = onMore;
  });
  useEffect(() => {
    const element = ref.current;
    if (element === null || !more || busy) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) latest.current();
      },
      { rootMargin: "600px" },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [more, busy]);
  if (!more) return null;
  return (
    <div ref={ref} className="flex justify-center py-6">
      <Button busy={busy} onClick={onMore}>
        Show more
      </Button>
    </div>
  );
}
