import { Alert } from "./alert";

/** Says which entries of a list cannot be read. */
export function Damaged({ items }: { items: readonly { message: string }[] }) {
  if (items.length === 0) return null;
  return (
    <Alert className="mb-3">
      {items.length} cannot be read: {items[0]?.message}
    </Alert>
  );
}
