/** What stands below the rest where there is little room is led to; beside it, it is in sight. */
export function showBelow(id: string): void {
  if (matchMedia("(min-width: 1024px)").matches) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  requestAnimationFrame(() =>
    document
      .getElementById(id)
      ?.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" }),
  );
}
