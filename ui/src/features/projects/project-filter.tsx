import { Select } from "@/components/field";
import { Filter } from "@/components/filters";

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
    <Filter label="Project">
      <Select
        aria-label="Project"
        className="max-w-48"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">All projects</option>
        {!known && <option value={value}>{value}</option>}
        {[...names].map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Filter>
  );
}
