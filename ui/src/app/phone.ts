/** A phone, where graphs and timelines have no room. */
export function isPhone(): boolean {
  return matchMedia("(max-width: 767px)").matches;
}
