import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

/** Stands between unsaved text and a run, which takes what is stored. */
export function UnsavedRun({
  busy,
  onSave,
  onStored,
  onClose,
}: {
  busy: boolean;
  onSave: () => void;
  onStored: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save before it runs?"
      className="max-w-lg"
      footer={
        <>
          <Button onClick={onClose}>Go on writing</Button>
          <Button disabled={busy} onClick={onStored}>
            Run what is stored
          </Button>
          <Button variant="primary" busy={busy} onClick={onSave}>
            Save and run
          </Button>
        </>
      }
    >
      <p className="text-sm text-ink-2">
        What you have written is not saved, and a run takes the definition that is stored.
      </p>
    </Dialog>
  );
}
