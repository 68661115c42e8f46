import { useEffect, useId, useRef, useState } from "react";

import { Button } from "@/components/button";
import { cx } from "@/components/cx";

import { unfolded } from "./unfolded";

/** What a workflow is for; three lines of it at first, so that its stages are in sight. */
export function Description({ text }: { text: string }) {
  const ref = useRef<HTMLParagraphElement>(null);
  const id = useId();
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);
  useEffect(() => {
    const element = ref.current;
    // What is open is not cut, and is to be closed again.
    if (!element || open) return;
    const look = () => setCut(element.scrollHeight > element.clientHeight);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [open, text]);
  return (
    <div className="mt-1.5 max-w-3xl">
      <p
        ref={ref}
        id={id}
        dir="auto"
        className={cx(
          "text-left text-sm [overflow-wrap:anywhere] whitespace-pre-line text-ink-2",
          !open && "line-clamp-3",
        )}
      >
        {unfolded(text)}
      </p>
      {cut && (
        <Button
          variant="ghost"
          size="sm"
          className="-ml-2.5"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? "Show less" : "Show all"}
        </Button>
      )}
    </div>
  );
}
