// Projects: directories that runs belong to, and what lies in them.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, data, type Schemas } from "./client";
import { FRESH_MS } from "./query";

export type Project = Schemas["Project"];
export type Skill = Schemas["Skill"];

export const projectKeys = {
  all: ["projects"] as const,
  list: ["projects", "list"] as const,
  detail: (id: string) => ["projects", "detail", id] as const,
  skills: (id: string) => ["projects", "skills", id] as const,
};

const at = (id: string) => ({ path: { project_id: id } });

export function buildProjectsQuery() {
  return queryOptions({
    queryKey: projectKeys.list,
    queryFn: ({ signal }) => data(client.GET("/api/v1/projects", { signal })),
    staleTime: FRESH_MS.executions,
  });
}

export function buildProjectQuery(id: string) {
  return queryOptions({
    queryKey: projectKeys.detail(id),
    queryFn: ({ signal }) =>
      data(client.GET("/api/v1/projects/{project_id}", { params: at(id), signal })),
    staleTime: FRESH_MS.executions,
  });
}

/** What agents can be told to do in a project. */
export function buildSkillsQuery(id: string) {
  return queryOptions({
    queryKey: projectKeys.skills(id),
    queryFn: ({ signal }) =>
      data(client.GET("/api/v1/projects/{project_id}/skills", { params: at(id), signal })),
    staleTime: FRESH_MS.executions,
  });
}

export function useAddProject() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["AddProjectRequest"]) =>
      data(client.POST("/api/v1/projects", { body })),
    onSuccess: (project) => {
      queries.setQueryData(projectKeys.detail(project.id), project);
      return queries.invalidateQueries({ queryKey: projectKeys.list });
    },
  });
}

/** Takes a project out; its directory and its runs stay. */
export function useRemoveProject() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      data(client.DELETE("/api/v1/projects/{project_id}", { params: at(id) })),
    onSuccess: (_done, id) => {
      queries.removeQueries({ queryKey: projectKeys.detail(id) });
      return queries.invalidateQueries({ queryKey: projectKeys.list });
    },
  });
}
