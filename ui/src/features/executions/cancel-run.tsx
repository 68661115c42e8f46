import { Confirm } from "@/components/confirm";

/** Asks before a run is ended. */
export function CancelRun({
  open,
  name,
  onClose,
  onConfirm,
}: {
  open: boolean;
  /** How the run is called where more than one is shown. */
  name?: string | undefined;
  onClose: () => void;
  onConfirm: () => void;
}) {
  return (
    <Confirm
      open={open}
      title="Cancel this run?"
      action="Cancel the run"
      onClose={onClose}
      onConfirm={onConfirm}
    >
      What works now{name !== undefined && ` in ${name}`} is ended, and nothing new starts. A
      cancelled run can only be repeated.
    </Confirm>
  );
}
