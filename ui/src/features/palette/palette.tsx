import { Dialog } from "@/components/dialog";
export default function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Search">
      <button type="button" onClick={onHelp}>
        Help
      </button>
    </Dialog>
  );
}
