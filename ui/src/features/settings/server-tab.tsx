import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { buildSettingsQuery } from "@/api/settings";
import { Fact, Facts } from "@/components/facts";
import { ErrorState, Loading, Skeleton } from "@/components/states";

const FEATURES: Readonly<Record<string, string>> = {
  workflow_engine_enabled: "Workflows and executions",
  composite_artifacts_enabled: "Composite artifacts",
  deployment_sets_enabled: "Deployment sets",
  memory_context_enabled: "Memory as context",
  modular_content_architecture: "Modular content",
};

const AUTH: Readonly<Record<string, string>> = {
  auto: "not needed on the machine of the server",
  always: "needed everywhere",
};

/** By what the server goes; it is changed where it runs. */
export function ServerTab() {
  const { data, isPending, error, refetch } = useQuery(buildSettingsQuery());
  if (isPending) {
    return (
      <Loading label="Loading the settings of the server">
        <Skeleton className="h-64 max-w-3xl rounded-lg opacity-60" />
      </Loading>
    );
  }
  if (!data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const { limits } = data;
  const [dataDir, config] = [data.data_dir ?? null, data.config ?? null];
  return (
    <div className="flex max-w-3xl flex-col gap-6 rounded-lg border border-line bg-surface p-4 shadow-1 sm:p-5">
      <Part title="This server">
        <Fact name="Version">{data.version}</Fact>
        <Fact name="Listens at">{data.listen.join(", ") || "a socket only"}</Fact>
        {dataDir !== null && (
          <Fact name="Data">
            <code className="text-xs">{dataDir}</code>
          </Fact>
        )}
        {config !== null && (
          <Fact name="Settings">
            <code className="text-xs">{config}</code>
          </Fact>
        )}
      </Part>
      <Part title="Who may come in">
        <Fact name="Tokens">{AUTH[data.auth] ?? data.auth}</Fact>
        <Fact name="Encrypted">{data.tls ? "yes" : "no"}</Fact>
        {data.hosts.length > 0 && <Fact name="Names">{data.hosts.join(", ")}</Fact>}
        {data.origins.length > 0 && <Fact name="Sites">{data.origins.join(", ")}</Fact>}
      </Part>
      <Part title="Limits">
        <Fact name="Processes">{limits.processes} agents at once</Fact>
        <Fact name="Streams">{limits.streams}</Fact>
        <Fact name="Request">{Math.round(limits.body_bytes / 1_048_576)} MiB</Fact>
      </Part>
      <Part title="Features">
        {Object.entries(data.features).map(([name, on]) => (
          <Fact key={name} name={FEATURES[name] ?? name}>
            {on ? "on" : "off"}
          </Fact>
        ))}
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 text-xs font-medium text-ink-3">{title}</h2>
      <Facts className="grid-cols-[minmax(110px,180px)_minmax(0,1fr)]">{children}</Facts>
    </section>
  );
}
