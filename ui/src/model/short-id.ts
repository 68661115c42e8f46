/** The end of an id: its beginning is the time, which runs of one minute share. */
export function shortId(id: string): string {
  return id.slice(-8);
}
