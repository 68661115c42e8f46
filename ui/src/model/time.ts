// Times and durations in words.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
});
const untilDay = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Such as `now`, `4m ago`, `in 2h`, or a date when it is long ago. */
export function ago(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return "now";
  if (size < MINUTE) return relative.format(seconds, "second");
  // What is to come is nearest to the next full hour, what is over has lasted for so many.
  const whole = seconds > 0 ? Math.round : Math.trunc;
  const minutes = whole(seconds / MINUTE);
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  const hours = whole(seconds / HOUR);
  if (Math.abs(hours) < 24) return relative.format(hours, "hour");
  if (size < 7 * DAY) return relative.format(daysBetween(now, at), "day");
  const date = new Date(at);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dayOfYear : dayAndYear).format(date);
}

/** As a calendar counts, which is not how many times 24 hours. */
function daysBetween(from: number, to: number): number {
  const [first, last] = [from, to].map((at) => new Date(at).setHours(0, 0, 0, 0));
  // Days on which clocks change have 23 or 25 hours.
  return Math.round(((last ?? 0) - (first ?? 0)) / (DAY * 1000));
}

/** Such as `1h 57m left`, `2d 5h left`, `until Mon, Nov 23, 10:44 PM`, `overdue`. */
export function timeLeft(at: number, now: number): string {
  const minutes = Math.floor((at - now) / 60_000);
  if (at <= now) return "overdue";
  if (minutes < 1) return "less than a minute left";
  if (minutes < 60) return `${minutes}m left`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m left`;
  const hours = Math.floor(minutes / 60);
  if (hours < 7 * 24) return `${Math.floor(hours / 24)}d ${hours % 24}h left`;
  return `until ${untilDay.format(new Date(at))}`;
}

/** How long it takes until `ago` says something else. */
export function staleAfter(at: number, now: number): number {
  const size = Math.abs(at - now) / 1000;
  if (size < MINUTE) return 1_000;
  return size < HOUR ? 15_000 : 60_000;
}

/** Local time and UTC, for those who need to know. */
export function exactly(at: number): string {
  const date = new Date(at);
  return `${exact.format(date)} · ${date.toISOString().replace("T", " ").slice(0, 19)} UTC`;
}

/** Such as `480ms`, `4.2s`, `3m 05s`, `2h 10m`, `3d 4h`. */
export function duration(seconds: number): string {
  if (seconds < 0) return "0s";
  if (seconds < 1) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)}s`;
  if (seconds < MINUTE) return `${Math.floor(seconds)}s`;
  const whole = Math.floor(seconds);
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m ${pad(whole % MINUTE)}s`;
  if (whole < DAY)
    return `${Math.floor(whole / HOUR)}h ${pad(Math.floor((whole % HOUR) / MINUTE))}m`;
  return `${Math.floor(whole / DAY)}d ${Math.floor((whole % DAY) / HOUR)}h`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
