import { useQuery } from "@tanstack/react-query";
import { Bot, CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";

import { buildAgentsQuery } from "@/api/settings";
import { SearchField } from "@/components/search-field";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";

/** The agents that the server has found, and whether somebody works for each. */
export function AgentsTab() {
  const [search, setSearch] = useState("");
  const { data, isPending, error, refetch } = useQuery(buildAgentsQuery());
  if (isPending) {
    return (
      <Loading label="Loading agents">
        <Skeleton className="h-64 max-w-3xl rounded-lg opacity-60" />
      </Loading>
    );
  }
  if (!data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) {
    return (
      <EmptyState icon={<Bot />} title="No agents found">
        An entry in <code>baton.toml</code> says who works for a name such as{" "}
        <code>agent:writer</code>.
      </EmptyState>
    );
  }
  const wanted = search.toLowerCase();
  const agents = data.items.filter(({ reference }) => reference.toLowerCase().includes(wanted));
  return (
    <div className="max-w-3xl">
      <SearchField
        label="Search agents"
        placeholder="Search agents"
        value={search}
        onChange={setSearch}
        className="mb-4 sm:max-w-80"
      />
      <ul aria-label="Agents" className="rounded-lg border border-line bg-surface shadow-1">
        {agents.map((agent) => (
          <li
            key={`${agent.reference} ${agent.location}`}
            className="flex items-start gap-3 border-b border-line px-4 py-2.5 [contain-intrinsic-size:auto_52px] [content-visibility:auto] last:border-0"
          >
            <span data-tone={agent.resolved ? "completed" : "failed"} className="mt-0.5 text-tone">
              {agent.resolved ? (
                <CircleCheck aria-label="Works" className="size-4" />
              ) : (
                <CircleAlert aria-label="Does not work" className="size-4" />
              )}
            </span>
            <div className="min-w-0 flex-1">
              <code className="text-sm font-medium [overflow-wrap:anywhere]">
                {agent.reference}
              </code>
              <p className="text-xs [overflow-wrap:anywhere] text-ink-3">{agent.location}</p>
              {agent.error !== null && (
                <p data-tone="failed" className="mt-0.5 text-xs text-tone">
                  {agent.error}
                </p>
              )}
            </div>
          </li>
        ))}
        {agents.length === 0 && (
          <li className="px-4 py-6 text-center text-sm text-ink-3">No agent is called so.</li>
        )}
      </ul>
    </div>
  );
}
