import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { Page } from "@/components/page";
import { Tabs } from "@/components/tabs";

import { AgentsTab } from "./agents-tab";
import { GeneralTab } from "./general-tab";
import { ServerTab } from "./server-tab";
import { TokensTab } from "./tokens-tab";

const route = getRouteApi("/settings");

export function SettingsPage() {
  const { tab } = route.useSearch();
  const navigate = useNavigate({ from: "/settings" });
  return (
    <Page title="Settings">
      <Tabs
        label="Settings"
        value={tab ?? "general"}
        onChange={(next) =>
          void navigate({ search: next === "general" ? {} : { tab: next }, replace: true })
        }
        items={[
          { id: "general", label: "General", content: () => <GeneralTab /> },
          { id: "agents", label: "Agents", content: () => <AgentsTab /> },
          { id: "tokens", label: "Tokens", content: () => <TokensTab /> },
          { id: "server", label: "Server", content: () => <ServerTab /> },
        ]}
      />
    </Page>
  );
}
