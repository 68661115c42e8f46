import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Execution } from "@/api/executions";
import { openPage } from "@/testing/open-page";
import { serveRun } from "@/testing/run-page";
import { DRAFT, makeRun, makeStep, PUBLISH, REVIEW } from "@/testing/runs";
import { sampleWorkflow } from "@/testing/samples";
import { page, Refusal } from "@/testing/server";

const FAILED = makeRun({
  status: "failed",
  completed_at: "2026-01-01T09:00:09Z",
  parameters: { topic: "birds" },
  steps: [
    DRAFT,
    { ...REVIEW, status: "failed", error_message: "no ink" },
    { ...PUBLISH, status: "skipped" },
  ],
});
/** Stages that wait for the review. */
const LEAVES = Array.from({ length: 7 }, (_, index) =>
  makeStep({
    stage_id: `leaf-${index + 1}`,
    stage_name: `Leaf ${index + 1}`,
    depends_on: ["review"],
    batch_index: 2,
    status: "skipped",
  }),
);
const PATH = `/workflows/executions/${FAILED.id}`;

let run: Execution;
beforeEach(() => {
  run = FAILED;
});

const serve = (more?: Parameters<typeof serveRun>[1]) => serveRun(() => run, more);

describe("a run that has failed", () => {
  it("is repeated from the stage that failed", async () => {
    const server = serve({
      "POST /workflow-executions/*/rerun": () => ({ ...run, id: "again", status: "completed" }),
    });
    const { user, router } = openPage(`${PATH}?view=table`);
    const failure = await screen.findByRole("region", { name: "Failure" });
    expect(failure).toHaveTextContent("no ink");
    await user.click(screen.getByRole("button", { name: "Re-run from here" }));
    const asks = await screen.findByRole("dialog", { name: "Re-run from “Review it”?" });
    expect(asks).toHaveTextContent("2 stages work anew; the others keep what they have brought");
    expect(asks).toHaveTextContent("depends on it or did not end well: Publish it.");
    expect(server.to("POST", "/workflow-executions/*/rerun")).toEqual([]);
    await user.click(within(asks).getByRole("button", { name: "Re-run" }));
    await waitFor(() => expect(router.state.location.pathname).toMatch(/again$/));
    expect(server.to("POST", "/workflow-executions/*/rerun")[0]?.body).toEqual({
      trigger: "manual",
      from: "review",
    });
  });

  it("is repeated from a stage that ended well only with what did not", async () => {
    serve();
    const leaf = makeStep({ stage_id: "leaf", stage_name: "Count it", status: "completed" });
    run = { ...run, steps: [...(run.steps ?? []), leaf] };
    const { user } = openPage(`${PATH}?view=table&stage=leaf`);
    await user.click(await screen.findByRole("button", { name: "Re-run from here" }));
    const asks = await screen.findByRole("dialog", { name: "Re-run from “Count it”?" });
    expect(asks).toHaveTextContent("3 stages work anew");
    expect(asks).toHaveTextContent(": Review it, Publish it.");
  });

  it.each([
    [0, "this stage works anew.", null],
    [1, "2 stages work anew.", "did not end well: Leaf 1."],
    [
      7,
      "8 stages work anew.",
      "did not end well: Leaf 1, Leaf 2, Leaf 3, Leaf 4, Leaf 5 and 2 more.",
    ],
  ])("says what works anew, and names the first of it: %i others", async (count, anew, named) => {
    serve();
    const steps = [
      { ...REVIEW, depends_on: [], status: "failed" as const },
      ...LEAVES.slice(0, count),
    ];
    run = { ...run, steps };
    const { user } = openPage(`${PATH}?view=table`);
    await user.click(await screen.findByRole("button", { name: "Re-run from here" }));
    const asks = await screen.findByRole("dialog", { name: "Re-run from “Review it”?" });
    // Nothing else is there that could be kept.
    expect(asks).toHaveTextContent(`A new run starts in which ${anew} This run stays as it is.`);
    if (named === null) expect(asks).not.toHaveTextContent("Besides");
    else expect(asks).toHaveTextContent(named);
  });

  it("is repeated as a whole only by whoever says so, once even when an answer is lost", async () => {
    let lost = true;
    const server = serve({
      "POST /workflow-executions/*/rerun": () => {
        if (!lost) return { ...run, id: "again", status: "completed" };
        lost = false;
        throw new TypeError("Failed to fetch");
      },
    });
    const { user, router } = openPage(`${PATH}?view=table`);
    await screen.findByRole("region", { name: "Failure" });
    const repeat = async () => {
      await user.keyboard("{Shift>}r{/Shift}");
      const asks = await screen.findByRole("dialog", { name: "Re-run all of it?" });
      await user.click(within(asks).getByRole("button", { name: "Re-run" }));
    };
    await user.click(screen.getByRole("button", { name: "Re-run" }));
    await user.click(await screen.findByRole("button", { name: "Not now" }));
    expect(server.to("POST", "/workflow-executions/*/rerun")).toEqual([]);
    await repeat();
    expect(await screen.findByText("Not started again")).toBeVisible();
    await repeat();
    await waitFor(() => expect(router.state.location.pathname).toMatch(/again$/));
    const asked = server.to("POST", "/workflow-executions/*/rerun");
    expect(asked.map(({ body }) => body)).toEqual([{ trigger: "manual" }, { trigger: "manual" }]);
    const keys = asked.map(({ headers }) => headers.get("Idempotency-Key"));
    expect(keys[0]).toBe(keys[1]);
  });

  it("leads to the run dialog with its values, where its workflow still runs", async () => {
    const workflow = sampleWorkflow({
      id: "workflow-1",
      name: "First Steps",
      parameters: { topic: { type: "string", required: true }, directory: { type: "string" } },
    });
    run = { ...run, directory: "/home/me/birds" };
    serve({
      "GET /workflows/*": () => workflow,
      "GET /projects": () => page([]),
      "GET /agents": () => page([]),
    });
    const { user } = openPage(`${PATH}?view=table`);
    await user.click(await screen.findByRole("button", { name: "Re-run" }));
    await user.click(await screen.findByRole("link", { name: "Change the values first" }));
    const dialog = await screen.findByRole("dialog", { name: "Run First Steps" });
    expect(within(dialog).getByLabelText(/topic/)).toHaveValue("birds");
    expect(within(dialog).getByLabelText("Project directory")).toHaveValue("/home/me/birds");
    await user.clear(within(dialog).getByLabelText(/topic/));
    await user.type(within(dialog).getByLabelText(/topic/), "tides");
    await user.keyboard("{Escape}");
    // The values of an earlier run are no draft of another one.
    await user.click(await screen.findByRole("button", { name: "Run workflow: First Steps" }));
    const fresh = await screen.findByRole("dialog", { name: "Run First Steps" });
    expect(within(fresh).getByLabelText(/topic/)).toHaveValue("");
  });

  it.each([
    ["as it was", {}, {}, "Change the values first."],
    [
      "changed since",
      { definition_hash: "other" },
      {},
      "Change the values first; the workflow has changed since, and runs as it is now.",
    ],
    [
      "as it was, but for what was said to this run",
      {},
      { overridden: [{ path: "config.timeout", by: "this run" }] },
      "Change the values first; its own overrides have to be written again.",
    ],
    [
      "as it was, with what counts for all runs",
      {},
      { overridden: [{ path: "config.timeout", by: "overrides.yaml" }] },
      "Change the values first.",
    ],
  ])("says what would be different with its workflow %s", async (_, workflow, of, words) => {
    const definition_hash = FAILED.workflow_definition_hash;
    serve({ "GET /workflows/*": () => sampleWorkflow({ definition_hash, ...workflow }) });
    run = { ...run, ...of };
    const { user } = openPage(`${PATH}?view=table`);
    await user.click(await screen.findByRole("button", { name: "Re-run" }));
    const link = await screen.findByRole("link", { name: "Change the values first" });
    expect(link.parentElement?.textContent).toBe(words);
  });

  it.each([
    ["is gone", () => new Refusal(404, "not_found", "gone")],
    ["is archived", () => sampleWorkflow({ status: "archived" })],
  ])("leads nowhere when its workflow %s", async (_, workflow) => {
    const server = serve({ "GET /workflows/*": workflow });
    const { user, queries } = openPage(`${PATH}?view=table`);
    await user.click(await screen.findByRole("button", { name: "Re-run" }));
    await screen.findByRole("dialog", { name: "Re-run all of it?" });
    await waitFor(() => expect(server.to("GET", "/workflows/*")).toHaveLength(1));
    await waitFor(() => expect(queries.isFetching()).toBe(0));
    expect(screen.queryByRole("link", { name: "Change the values first" })).toBeNull();
  });
});
