// Who the agents are, what is switched on, and the tokens.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, data, type Schemas } from "./client";
import { engine } from "./engine";

export type Agent = Schemas["Agent"];
export type Artifact = Schemas["Artifact"];
export type Token = Schemas["Token"];
export type FeatureFlags = Schemas["FeatureFlags"];

export const settingKeys = {
  flags: ["settings", "flags"] as const,
  server: ["settings", "server"] as const,
  agents: (directory: string) => ["settings", "agents", directory] as const,
  artifacts: (directory: string) => ["settings", "artifacts", directory] as const,
  tokens: ["settings", "tokens"] as const,
};

export function buildFlagsQuery() {
  return queryOptions({
    queryKey: settingKeys.flags,
    queryFn: async () => {
      engine.ask();
      try {
        // Others wait for the answer, so it is not given up with whoever asked first.
        const flags = await data(client.GET("/api/v1/config/feature-flags"));
        engine.tell(flags.workflow_engine_enabled);
        return flags;
      } catch (error) {
        engine.giveUp();
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

/** By what the server goes. */
export function buildSettingsQuery() {
  return queryOptions({
    queryKey: settingKeys.server,
    queryFn: ({ signal }) => data(client.GET("/api/v1/config/settings", { signal })),
    staleTime: 60_000,
  });
}

export function buildAgentsQuery(directory = "") {
  return queryOptions({
    queryKey: settingKeys.agents(directory),
    queryFn: ({ signal }) =>
      data(
        client.GET("/api/v1/agents", {
          params: { query: directory === "" ? {} : { directory } },
          signal,
        }),
      ),
    staleTime: 30_000,
  });
}

export function buildArtifactsQuery(directory = "") {
  return queryOptions({
    queryKey: settingKeys.artifacts(directory),
    queryFn: ({ signal }) =>
      data(
        client.GET("/api/v1/artifacts", {
          params: { query: directory === "" ? {} : { directory } },
          signal,
        }),
      ),
    staleTime: 30_000,
  });
}

export function buildTokensQuery() {
  return queryOptions({
    queryKey: settingKeys.tokens,
    queryFn: ({ signal }) => data(client.GET("/api/v1/tokens", { signal })),
    staleTime: 30_000,
  });
}

export function useCreateToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["CreateTokenRequest"]) =>
      data(client.POST("/api/v1/tokens", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: settingKeys.tokens }),
  });
}

export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      data(client.DELETE("/api/v1/tokens/{name}", { params: { path: { name } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: settingKeys.tokens }),
  });
}
