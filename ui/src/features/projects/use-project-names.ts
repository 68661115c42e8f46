import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { buildProjectsQuery } from "@/api/projects";

/** The names of the projects by their ids; empty until they are known. */
export function useProjectNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(buildProjectsQuery());
  return useMemo(() => new Map(data?.items.map(({ id, name }) => [id, name])), [data]);
}
