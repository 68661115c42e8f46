import { SelectFilter } from "@/components/filters";

import { useProjectNames } from "./use-project-names";

/** Offered where there are projects, or the address names one. */
export function ProjectFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (project: string) => void;
}) {
  const names = useProjectNames();
  if (names.size === 0 && value === undefined) return null;
  const known = value === undefined || names.has(value);
  return (
    <SelectFilter
      label="Project"
      all="All projects"
      className="max-w-48"
      value={value}
      onChange={onChange}
    >
      {!known && <option value={value}>{value}</option>}
      {[...names].map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectFilter>
  );
}
