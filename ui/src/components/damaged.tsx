/** Says which entries of a list cannot be read. */
export function Damaged({ items }: { items: readonly { message: string }[] }) {
  if (items.length === 0) return null;
  return (
    <p
      role="alert"
      data-tone="failed"
      className="mb-3 rounded-md bg-tone-soft px-3 py-2 text-sm text-tone"
    >
      {items.length} cannot be read: {items[0]?.message}
    </p>
  );
}
