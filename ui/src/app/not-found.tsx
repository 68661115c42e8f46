import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";

import { engine } from "@/api/engine";
import { Button } from "@/components/button";
import { Page } from "@/components/page";
import { EmptyState } from "@/components/states";
import { useStore } from "@/model/store";

import { LIBRARY, PROJECTS } from "./places";

export function NotFound() {
  const home = useStore(engine) === "off" ? PROJECTS : LIBRARY;
  return (
    <Page title="Not found">
      <EmptyState
        icon={<Compass />}
        title="There is no such page"
        actions={
          <Button asChild>
            <Link to={home.to}>Go to the {home.label.toLowerCase()}</Link>
          </Button>
        }
      >
        The address may be cut off, or what was there has been deleted.
      </EmptyState>
    </Page>
  );
}
