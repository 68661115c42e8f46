import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { openPage } from "@/testing/open-page";
import { sampleRun } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

const RUNS = [
  sampleRun({ id: "01a1fe84-0000-7000-8000-0000000000a1", workflow_name: "Nightly" }),
  sampleRun({
    id: "01a1fe84-0000-7000-8000-0000000000a2",
    workflow_name: "Weekly",
    status: "paused",
  }),
  sampleRun({
    id: "01a1fe84-0000-7000-8000-0000000000a3",
    workflow_name: "Yearly",
    status: "failed",
    error_message: "no ink",
    trigger: "scheduled",
  }),
];
const PATH = "/workflows/executions";

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    ...more,
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflow-executions": ({ query }) =>
      page(
        RUNS.filter(({ workflow_name, status }) => {
          const states = query.get("status")?.split(",") ?? [status];
          const search = query.get("search") ?? "";
          return states.includes(status) && workflow_name.toLowerCase().includes(search);
        }),
      ),
  });
}

const names = async () => {
  const list = await screen.findByRole("list", { name: "Executions" });
  return within(list)
    .getAllByRole("link")
    .map((link) => link.textContent);
};

describe("the executions", () => {
  it("are listed with where they stand and why they ended so", async () => {
    serve();
    openPage(PATH);
    expect(await names()).toEqual(["Nightly", "Weekly", "Yearly"]);
    expect(screen.getByText("3 runs")).toBeVisible();
    expect(screen.getAllByText("no ink")[0]).toBeVisible();
    expect(screen.getByText("schedule")).toBeVisible();
  });

  it("are filtered, sorted and searched by what the address says", async () => {
    const server = serve();
    const { user, router } = openPage(PATH);
    await names();
    await user.selectOptions(screen.getByLabelText("State"), "failed,cancelled");
    await waitFor(async () => expect(await names()).toEqual(["Yearly"]));
    await user.selectOptions(screen.getByLabelText("Order"), "started_at:desc");
    await user.selectOptions(screen.getByLabelText("Started"), "7d");
    await waitFor(() =>
      expect(router.state.location.search).toEqual({
        status: "failed,cancelled",
        sort: "started_at",
        order: "desc",
        since: "7d",
      }),
    );
    await waitFor(() => {
      const asked = server.to("GET", "/workflow-executions").map(({ query }) => query);
      const last = asked.findLast((query) => query.has("started_after"));
      expect(last?.get("sort_by")).toBe("started_at");
      expect(last?.get("status")).toBe("failed,cancelled");
    });
    await user.click(screen.getByRole("heading", { name: "Executions" }));
    await user.keyboard("/");
    expect(screen.getByRole("searchbox")).toHaveFocus();
    await user.keyboard("nothing");
    await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
    await waitFor(async () => expect(await names()).toHaveLength(3));
  });

  it("of one workflow are asked for by a filter that can be taken away", async () => {
    const server = serve();
    const { user, router } = openPage(`${PATH}?workflow=nightly`);
    await names();
    const asked = server.to("GET", "/workflow-executions");
    expect(asked.some(({ query }) => query.get("workflow") === "nightly")).toBe(true);
    await user.click(screen.getByRole("button", { name: /nightly/ }));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
  });

  it("are paused, resumed and cancelled together, each where it can be", async () => {
    const server = serve({
      "POST /workflow-executions/batch/*": ({ body }) => ({
        results: (body as { execution_ids: string[] }).execution_ids.map((id) => ({
          id,
          success: !id.endsWith("a2"),
          error: id.endsWith("a2") ? "It has ended" : null,
        })),
      }),
    });
    const { user } = openPage(PATH);
    for (const box of await screen.findAllByRole("checkbox")) await user.click(box);
    await user.click(screen.getByRole("button", { name: /^Pause 1/ }));
    expect(await screen.findByText("Paused: 1 run")).toBeVisible();

    for (const box of await screen.findAllByRole("checkbox")) await user.click(box);
    await user.click(screen.getByRole("button", { name: /^Cancel 2/ }));
    const dialog = await screen.findByRole("dialog", { name: "Cancel these runs?" });
    await user.click(within(dialog).getByRole("button", { name: "Cancel the runs" }));
    expect(await screen.findByText("Not done: 1")).toBeVisible();
    expect(screen.getByText("It has ended")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/batch/cancel")[0]?.body).toEqual({
      execution_ids: [RUNS[0]?.id, RUNS[1]?.id],
    });
  });

  it("are repeated together, once that is confirmed", async () => {
    const server = serve({
      "POST /workflow-executions/*/rerun": () => ({ ...RUNS[0], id: "again" }),
    });
    const { user } = openPage(PATH);
    for (const box of await screen.findAllByRole("checkbox")) await user.click(box);
    await user.click(screen.getByRole("button", { name: /^Re-run 1/ }));
    const dialog = await screen.findByRole("dialog", { name: "Re-run these runs?" });
    expect(server.to("POST", "/workflow-executions/*/rerun")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Re-run" }));
    expect(await screen.findByText("Started again: 1 run")).toBeVisible();
    expect(server.to("POST", "/workflow-executions/*/rerun")).toHaveLength(1);
    expect(screen.queryByRole("toolbar")).toBeNull();
  });

  it("are repeated as far as they can be; what was not started is named and stays marked", async () => {
    const ended = RUNS.map((run) => ({ ...run, status: "failed" as const }));
    let lost = true;
    const server = fakeServer({
      "GET /config/feature-flags": () => FLAGS,
      "GET /workflow-executions": () => page(ended),
      "POST /workflow-executions/*/rerun": ({ path }) => {
        if (!path.includes("a2") || !lost) return { ...RUNS[0], id: "again" };
        lost = false;
        throw new TypeError("Failed to fetch");
      },
    });
    const { user } = openPage(PATH);
    for (const box of await screen.findAllByRole("checkbox")) await user.click(box);
    const repeat = async () => {
      await user.click(screen.getByRole("button", { name: "Re-run" }));
      const dialog = await screen.findByRole("dialog", { name: "Re-run these runs?" });
      await user.click(within(dialog).getByRole("button", { name: "Re-run" }));
    };
    await repeat();
    expect(await screen.findByText("Started again: 2 runs")).toBeVisible();
    expect(screen.getByText("Not started again: 1")).toBeVisible();
    expect(screen.getByText(/^Weekly \(000000a2\): /)).toBeVisible();
    expect(screen.getByRole("toolbar", { name: "1 selected" })).toBeVisible();
    // Whether it was started, nobody knows; with its key, it is not started twice.
    await repeat();
    expect(await screen.findByText("Started again: 1 run")).toBeVisible();
    const keys = server
      .to("POST", "/workflow-executions/*/rerun")
      .filter(({ path }) => path.includes("a2"))
      .map(({ headers }) => headers.get("Idempotency-Key"));
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(screen.queryByRole("toolbar")).toBeNull();
  });

  it("say when nothing could be done at all", async () => {
    serve({
      "POST /workflow-executions/batch/*": () => new Refusal(403, "forbidden", "Not for you"),
    });
    const { user } = openPage(PATH);
    await names();
    // By keyboard: down to the second, mark it, resume it.
    await user.keyboard("jjx");
    await user.click(screen.getByRole("button", { name: "Resume" }));
    expect(await screen.findByText("Nothing was done")).toBeVisible();
    expect(screen.getByText("Not for you")).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("toolbar")).toBeNull();
  });

  it("have their actions in their rows, and say why they failed in full", async () => {
    const server = serve({
      "POST /workflow-executions/*/pause": () => RUNS[0],
      "POST /workflow-executions/*/cancel": () => RUNS[1],
      "POST /workflow-executions/*/rerun": () => ({ ...RUNS[2], id: "again" }),
    });
    const { user } = openPage(PATH);
    await names();
    const row = screen.getByRole("link", { name: "Yearly" }).closest("li");
    const error = row?.querySelector("[aria-hidden][href]");
    if (!error) throw new Error("no error that can be pointed at");
    await user.hover(error);
    expect(error).toHaveAttribute("title", "");
    // It is cut off now.
    vi.spyOn(error, "scrollWidth", "get").mockReturnValue(300);
    await user.unhover(error);
    await user.hover(error);
    expect(error).toHaveAttribute("title", "no ink");
    await user.click(screen.getByRole("button", { name: "Pause the run 000000a1" }));
    await waitFor(() => expect(server.to("POST", "/workflow-executions/*/pause")).toHaveLength(1));
    await user.click(screen.getByRole("button", { name: "Cancel the run 000000a2" }));
    const cancel = await screen.findByRole("dialog", { name: "Cancel this run?" });
    expect(cancel).toHaveTextContent("Weekly 000000a2");
    expect(server.to("POST", "/workflow-executions/*/cancel")).toEqual([]);
    await user.click(within(cancel).getByRole("button", { name: "Cancel the run" }));
    await waitFor(() => expect(server.to("POST", "/workflow-executions/*/cancel")).toHaveLength(1));
    await user.click(screen.getByRole("button", { name: "Re-run the run 000000a3" }));
    const repeat = await screen.findByRole("dialog", { name: "Re-run this run?" });
    await user.click(within(repeat).getByRole("button", { name: "Re-run" }));
    expect(await screen.findByText("Started again: Yearly")).toBeVisible();
  });

  it("are paused by a double click, not paused and resumed", async () => {
    const paused = { ...RUNS[0], status: "paused" };
    const server = serve({
      "POST /workflow-executions/*/pause": () => paused,
      "POST /workflow-executions/*/resume": () => RUNS[0],
    });
    const { user } = openPage(PATH);
    await names();
    await user.dblClick(screen.getByRole("button", { name: "Pause the run 000000a1" }));
    await waitFor(() => expect(server.to("POST", "/workflow-executions/*/pause")).toHaveLength(1));
    // What takes its place has the focus, and was not pressed.
    expect(document.activeElement).toHaveAccessibleName(/the run 000000a1$/);
    expect(server.to("POST", "/workflow-executions/*/resume")).toEqual([]);
  });

  it("say which of them cannot be read", async () => {
    fakeServer({
      "GET /config/feature-flags": () => FLAGS,
      "GET /workflow-executions": () => ({
        ...page([]),
        damaged: [{ id: "x", message: "its row is torn" }],
      }),
    });
    openPage(PATH);
    expect(await screen.findByText("1 cannot be read: its row is torn")).toBeVisible();
    expect(screen.getByText("No executions yet")).toBeVisible();
  });
});
