import { PowerOff } from "lucide-react";

import { Page } from "@/components/page";
import { EmptyState } from "@/components/states";

export function EngineOff() {
  return (
    <Page title="Workflows are switched off">
      <EmptyState icon={<PowerOff />} title="Workflows are switched off on this server">
        <p>
          Start it with <code>BATON_WORKFLOW_ENGINE_ENABLED=true</code> to switch them on.
        </p>
      </EmptyState>
    </Page>
  );
}
