import type { ReactNode } from "react";

import type { Tone } from "@/model/status";

/** Something to know about all that is below it, with what can be done about it. */
export function Notice({
  tone,
  urgent = false,
  icon,
  action,
  children,
}: {
  tone: Tone;
  /** Said at once to those who cannot see it. */
  urgent?: boolean;
  icon: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      role={urgent ? "alert" : "status"}
      data-tone={tone}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-tone-soft px-4 py-2 text-sm sm:px-6"
    >
      <p className="flex min-w-0 flex-1 basis-72 items-start gap-2 [overflow-wrap:anywhere] text-ink">
        <span className="mt-0.5 shrink-0 text-tone [&>svg]:size-4">{icon}</span>
        <span>{children}</span>
      </p>
      {action}
    </div>
  );
}
