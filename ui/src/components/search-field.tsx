import { Search, X } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";

import { IconButton } from "./button";
import { cx } from "./cx";
import { Input } from "./field";

const PAUSE_MS = 300;

/** Says what is searched for when somebody pauses. */
export function SearchField({
  label,
  placeholder,
  value,
  onChange,
  className,
  inputRef,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
  inputRef?: RefObject<HTMLInputElement | null>;
}) {
  const [draft, setDraft] = useState(value);
  const [shown, setShown] = useState(value);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  // The value was changed from elsewhere, such as by going back.
  if (value !== shown) {
    setShown(value);
    setDraft(value);
  }
  useEffect(() => {
    if (draft === value) return;
    const timer = setTimeout(() => latest.current(draft), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, value]);

  return (
    <div role="search" className={cx("relative", className)}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3"
      />
      <Input
        ref={inputRef}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        className="pr-8 pl-8.5 placeholder-shown:text-ellipsis pointer-coarse:pr-11 [&::-webkit-search-cancel-button]:hidden"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (draft === "") event.currentTarget.blur();
          setDraft("");
        }}
      />
      {draft !== "" && (
        <IconButton
          label="Clear the search"
          size="icon-sm"
          className="absolute top-1/2 right-1 size-6 -translate-y-1/2"
          onClick={() => setDraft("")}
        >
          <X />
        </IconButton>
      )}
    </div>
  );
}
