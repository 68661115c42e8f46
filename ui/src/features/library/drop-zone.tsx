import { FileDown } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";

/** Takes files that are dropped anywhere on the page. */
export function DropZone({
  onFiles,
  children,
}: {
  onFiles: (files: File[]) => void;
  children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const drag = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      onFiles([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener("dragover", drag);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", drag);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [onFiles]);
  return (
    <>
      {children}
      {over && (
        <div className="pointer-events-none fixed inset-3 z-60 flex animate-[fade-in_.1s] flex-col items-center justify-center gap-2 rounded-xl border-2 border-dashed border-accent bg-canvas/90 text-accent-ink">
          <FileDown aria-hidden="true" className="size-8" />
          <p className="text-lg font-semibold">Drop workflow files to add them</p>
        </div>
      )}
    </>
  );
}
