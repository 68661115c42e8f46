/**
 * The focus goes back to where it was before a dialog; and to the page where that is gone,
 * be it at once or because of what was decided in the dialog.
 */
export function leadBack(opener: Element | null): void {
  if (opener instanceof HTMLElement) opener.focus();
  if (!(opener instanceof HTMLElement) || !isHeldBy(opener)) {
    leadToPage();
    return;
  }
  const watch = new MutationObserver(() => {
    if (!isLost(opener)) return;
    leave();
    leadToPage();
  });
  const leave = () => {
    watch.disconnect();
    document.removeEventListener("focusin", leave);
    document.removeEventListener("pointerdown", leave);
  };
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  // Whoever has gone elsewhere is not to be led anywhere.
  document.addEventListener("focusin", leave);
  document.addEventListener("pointerdown", leave);
}

/** What cannot have it does not take it, and nothing says so. */
function isHeldBy(opener: HTMLElement): boolean {
  return opener !== document.body && document.activeElement === opener;
}

function isLost(opener: HTMLElement): boolean {
  return !opener.isConnected || opener.matches(":disabled");
}

function leadToPage(): void {
  document.getElementById("main")?.focus({ preventScroll: true });
}
