import { Link } from "@tanstack/react-router";
import { PowerOff } from "lucide-react";

import { Button } from "@/components/button";
import { Page } from "@/components/page";
import { EmptyState } from "@/components/states";

export function EngineOff() {
  return (
    <Page title="Workflows are switched off">
      <EmptyState
        icon={<PowerOff />}
        title="Workflows are switched off on this server"
        actions={
          <Button asChild>
            <Link to="/settings" search={{ tab: "server" }}>
              See what is switched on
            </Link>
          </Button>
        }
      >
        Start it with <code>BATON_WORKFLOW_ENGINE_ENABLED=true</code> to switch them on.
      </EmptyState>
    </Page>
  );
}
