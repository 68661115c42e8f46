import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import type { Execution } from "@/api/executions";
import { openPage } from "@/testing/open-page";
import { makeRun, makeStep } from "@/testing/runs";
import { sampleWorkflow } from "@/testing/samples";
import { fakeServer, FLAGS, page, Refusal, Stream } from "@/testing/server";

const AT = "2026-01-01T09:00:09Z";
const FAILED = makeRun({
  status: "failed",
  completed_at: AT,
  parameters: { topic: "birds" },
  steps: [
    makeStep({ stage_id: "draft", stage_name: "Write a draft", status: "completed" }),
    makeStep({
      stage_id: "review",
      stage_name: "Review it",
      depends_on: ["draft"],
      batch_index: 1,
      status: "failed",
      error_message: "no ink",
    }),
    makeStep({
      stage_id: "publish",
      stage_name: "Publish it",
      depends_on: ["review"],
      batch_index: 2,
      status: "skipped",
    }),
  ],
});
const PATH = `/workflows/executions/${FAILED.id}`;

let run: Execution;
beforeEach(() => {
  run = FAILED;
});

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    ...more,
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflow-executions": () => page([]),
    "GET /workflow-executions/*": () => run,
    "GET /workflow-executions/*/events": () => page([]),
    "GET /workflow-executions/*/logs": () => page([]),
    "GET /workflow-executions/*/stream": () => new Stream(),
  });
}

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

  it("leads nowhere when its workflow is gone", async () => {
    serve({ "GET /workflows/*": () => new Refusal(404, "not_found", "gone") });
    const { user } = openPage(`${PATH}?view=table`);
    await user.click(await screen.findByRole("button", { name: "Re-run" }));
    await screen.findByRole("dialog", { name: "Re-run all of it?" });
    expect(screen.queryByRole("link", { name: "Change the values first" })).toBeNull();
  });
});
