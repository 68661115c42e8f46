import { cx } from "@/components/cx";

interface SelectBoxProps {
  name: string;
  selected: boolean;
  /** Somebody selects, so the box is shown. */
  selecting: boolean;
  /** With Shift, everything from the last one selected is meant. */
  onSelect: (range: boolean) => void;
  className?: string;
}

/** Shown to whoever points at the row, has reached it by keyboard or touches. */
export function SelectBox({ name, selected, selecting, onSelect, className }: SelectBoxProps) {
  return (
    // A box has no room for a finger around it; what is called by its label has.
    <label className={cx("touch z-10 flex shrink-0 pointer-coarse:mx-0.5", className)}>
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        checked={selected}
        onChange={(event) => onSelect((event.nativeEvent as MouseEvent).shiftKey)}
        className={cx(
          "size-4 accent-accent opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 checked:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100",
          selecting && "opacity-100",
        )}
      />
    </label>
  );
}
