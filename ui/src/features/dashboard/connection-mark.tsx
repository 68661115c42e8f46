import type { Connection } from "@/api/stream";
import { cx } from "@/components/cx";
import { tip } from "@/components/tooltip";

const LOOKS: Readonly<
  Record<Exclude<Connection, "ended">, { label: string; tone: string; says: string }>
> = {
  connecting: { label: "Connecting", tone: "neutral", says: "The page asks for what happens" },
  live: { label: "Live", tone: "completed", says: "What happens is shown at once" },
  reconnecting: { label: "Reconnecting", tone: "paused", says: "The stream broke off; it resumes" },
  polling: { label: "Polling", tone: "paused", says: "The stream is away; asked for every 30 s" },
  queued: {
    label: "Polling, other tabs are live",
    tone: "paused",
    says: "Other tabs of this browser have the live connections; asked for every 5 s",
  },
};

/** How the page hears of the run. */
export function ConnectionMark({ connection }: { connection: Connection }) {
  if (connection === "ended") return null;
  const { label, tone, says } = LOOKS[connection];
  return (
    <span
      role="status"
      data-tone={tone}
      className="flex h-8 items-center gap-1.5 text-xs font-medium text-tone"
      {...tip(says)}
    >
      <span
        aria-hidden="true"
        className={cx(
          "size-2 rounded-full bg-tone-solid",
          connection !== "live" && "animate-pulse",
        )}
      />
      {/* What is as it should be needs no word where there is little room. */}
      <span className={cx(connection === "live" && "max-sm:sr-only")}>{label}</span>
      {/* Not everybody can point at it. */}
      <span className="sr-only">. {says}</span>
    </span>
  );
}
