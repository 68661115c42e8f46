import { Select } from "./field";

export interface Choice {
  value: string;
  label: string;
}

export function Options({ choices }: { choices: readonly Choice[] }) {
  return choices.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}

/** By what a list is sorted, and in which direction: `name:asc`. */
export function OrderSelect({
  by,
  order,
  choices,
  onChange,
}: {
  by: string;
  order: string;
  choices: readonly Choice[];
  onChange: (change: { sort: string | undefined; order: string | undefined }) => void;
}) {
  return (
    <Select
      aria-label="Order"
      value={`${by}:${order}`}
      onChange={(event) => {
        const [sort, direction] = event.target.value.split(":");
        onChange({ sort, order: direction });
      }}
    >
      <Options choices={choices} />
    </Select>
  );
}
