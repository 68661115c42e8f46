import type { ReactNode } from "react";

import { cx } from "./cx";

export function Tag({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      className={cx(
        "inline-flex h-5 max-w-40 min-w-0 items-center rounded-sm border border-line bg-sunken px-1.5 text-2xs font-medium text-ink-2",
        className,
      )}
    >
      <span className="truncate">{children}</span>
    </span>
  );
}

/** The first few tags, and how many there are besides. */
export function Tags({
  tags,
  most = 3,
  wrap = false,
}: {
  tags: readonly string[];
  most?: number;
  /** There is room for more than one line. */
  wrap?: boolean;
}) {
  if (tags.length === 0) return null;
  const rest = tags.slice(most);
  return (
    <span className={cx("flex min-w-0 items-center gap-1", wrap && "flex-wrap")}>
      {tags.slice(0, most).map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
      {rest.length > 0 && (
        <span title={rest.join(", ")} className="shrink-0 text-2xs text-ink-3">
          +{rest.length}
        </span>
      )}
    </span>
  );
}
