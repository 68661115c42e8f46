import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleRun, sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page } from "@/testing/server";

function serve() {
  return fakeServer({
    "GET /config/feature-flags": () => FLAGS,
    "GET /inbox": () => page([]),
    "GET /projects": () => page([]),
    "GET /projects/*": () => ({ id: "p", name: "Field guide", path: "/home/p", is_there: true }),
    "GET /workflows": () => page([sampleWorkflow()]),
    "GET /workflows/*": () => sampleWorkflow(),
    "GET /workflow-executions": () => page([sampleRun({ status: "completed" })]),
  });
}

it.each([
  ["/workflows/executions?since=9y&sort=age&order=sideways&status=zzz,failed,", "Executions"],
  ["/workflows?status=zzz&sort=bad&order=sideways&view=wall", "Library"],
  ["/projects/p?since=9y&status=zzz", "Field guide"],
  ["/settings?tab=nope", "Settings"],
])("leaves out of %s what a page does not know", async (address, name) => {
  const server = serve();
  const { router } = openPage(address);
  await screen.findByRole("heading", { name });
  await waitFor(() => expect(router.state.status).toBe("idle"));
  const said = server.asked.map(({ query }) => query.toString()).join(" ");
  const unknown = /zzz|9y|=age|bad|sideways|wall|nope/;
  expect(said).not.toMatch(unknown);
  expect(router.state.location.searchStr).not.toMatch(unknown);
});

it("goes back to an address that it does not understand", async () => {
  serve();
  const { router } = openPage("/settings");
  await screen.findByRole("heading", { name: "Settings" });
  window.history.pushState(null, "", "/ui/workflows/executions?since=9y&search=birds");
  act(() => {
    window.dispatchEvent(new PopStateEvent("popstate"));
  });
  await screen.findByRole("heading", { name: "Executions" });
  expect(router.state.matches.at(-1)?.search).toEqual({ search: "birds" });
});

it("keeps what pages know", async () => {
  serve();
  const { router } = openPage("/workflows/executions?status=failed,paused&since=24h&search=birds");
  await screen.findByRole("heading", { name: "Executions" });
  expect(router.state.matches.at(-1)?.search).toEqual({
    status: "failed,paused",
    since: "24h",
    search: "birds",
  });
});
