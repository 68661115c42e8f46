import { useEffect, useRef, useState } from "react";

import { serverNow, serverOffset } from "@/api/server-time";
import { useStore } from "@/model/store";
import { ago, duration, exactly, staleAfter, timeLeft } from "@/model/time";

import { cx } from "./cx";

/** The present of the server, anew every so often, and whenever `about` is something else. */
export function useNow(intervalMs: number | null, about?: unknown): number {
  const offset = useStore(serverOffset);
  const [now, setNow] = useState(() => Date.now());
  const drawn = useRef(false);
  useEffect(() => {
    const look = () => {
      setNow(Date.now());
    };
    // What has only now been drawn knows the time; a list has a hundred of these.
    if (drawn.current) look();
    drawn.current = true;
    if (intervalMs === null) return;
    const timer = setInterval(() => !document.hidden && look(), intervalMs);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [intervalMs, about]);
  return now + offset;
}

interface TimeProps {
  at: string;
  className?: string;
}

/** How long ago, and exactly when on hover. */
export function RelativeTime(props: TimeProps) {
  return <Time {...props} words={ago} />;
}

/** How long something can wait, and exactly until when on hover. */
export function TimeLeft(props: TimeProps) {
  return <Time {...props} words={timeLeft} />;
}

function Time({
  at,
  className,
  words,
}: TimeProps & { words: (at: number, now: number) => string }) {
  const time = Date.parse(at);
  const [pace, setPace] = useState(() => staleAfter(time, serverNow()));
  const now = useNow(pace, at);
  const wanted = staleAfter(time, now);
  if (wanted !== pace) setPace(wanted);
  return (
    <time dateTime={at} title={exactly(time)} className={cx("whitespace-nowrap", className)}>
      {words(time, now)}
    </time>
  );
}

/** How long something took, or has taken so far. */
export function Elapsed({
  from,
  to,
  className,
}: {
  from: string | null;
  to: string | null;
  className?: string;
}) {
  const now = useNow(from !== null && to === null ? 1_000 : null);
  if (from === null) return <span className={cx("text-ink-3", className)}>–</span>;
  const seconds = ((to === null ? now : Date.parse(to)) - Date.parse(from)) / 1000;
  return (
    <span className={cx("whitespace-nowrap tabular-nums", className)}>
      {duration(to === null ? Math.max(0, Math.floor(seconds)) : seconds)}
    </span>
  );
}
