import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";

import { Button } from "@/components/button";
import { Page } from "@/components/page";
import { EmptyState } from "@/components/states";

export function NotFound() {
  return (
    <Page title="Not found">
      <EmptyState
        icon={<Compass />}
        title="There is no such page"
        actions={
          <Button asChild>
            <Link to="/workflows">Go to the library</Link>
          </Button>
        }
      >
        The address may be cut off, or what was there has been deleted.
      </EmptyState>
    </Page>
  );
}
