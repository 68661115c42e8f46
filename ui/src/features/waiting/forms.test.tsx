import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { itemsOf, makeRun, makeStep } from "@/testing/runs";

import { GateForm } from "./gate-form";
import { QuestionForm } from "./question-form";
import { SendBack } from "./send-back";

const sent: { url: string; body: unknown }[] = [];

beforeEach(() => {
  sent.length = 0;
  sessionStorage.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push({ url: new URL(request.url).pathname, body: await request.json() });
    return Response.json(makeStep({ status: "completed" }));
  });
});
afterEach(() => vi.unstubAllGlobals());

function show(children: ReactNode) {
  return render(<QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>);
}

const gate = makeStep({
  stage_id: "agree",
  stage_type: "gate",
  status: "waiting_for_approval",
  iteration: 2,
  gate: { message: "Release it?", approvers: ["ann"] },
});
const next = makeStep({ stage_id: "b", stage_name: "Release it", depends_on: ["agree"] });
const steps = [gate, next];
const [item] = itemsOf([makeRun({ status: "waiting_for_approval", steps })]);

it("approves the round that was seen, and says what comes then", async () => {
  show(item && <GateForm item={item} steps={steps} />);
  expect(screen.getByText(/goes on with Release it/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Approve" }));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.url).toMatch(/gates\/agree\/approve$/);
  expect(sent[0]?.body).toEqual({ reason: null, iteration: 2 });
});

it("rejects with a reason only, and keeps what was written", async () => {
  const { unmount } = show(item && <GateForm item={item} steps={steps} />);
  await userEvent.click(screen.getByRole("button", { name: "Reject" }));
  expect(screen.getByText(/Say why/)).toBeVisible();
  expect(screen.getByLabelText("Reason")).toHaveFocus();
  await userEvent.keyboard("too early");
  unmount();
  show(item && <GateForm item={item} steps={steps} />);
  expect(screen.getByLabelText("Reason")).toHaveValue("too early");
  await userEvent.click(screen.getByRole("button", { name: "Reject" }));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({ reason: "too early", iteration: 2 });
});

it("keeps what should be different until it is sent", async () => {
  const done = makeStep({ stage_id: "draft", stage_name: "Draft", status: "completed" });
  const asks = { ...gate, depends_on: ["draft"] };
  const run = makeRun({ status: "waiting_for_approval", steps: [done, asks] });
  const open = () => userEvent.click(screen.getByRole("button", { name: "Send back…" }));
  const words = () => screen.getByLabelText("What should be different");
  show(<SendBack run={run} step={asks} />);
  await open();
  await userEvent.type(words(), "Half as long.");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  await open();
  expect(words()).toHaveValue("Half as long.");
  await userEvent.click(screen.getByRole("button", { name: "Send back" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent[0]?.body).toEqual({ feedback: "Half as long." });
  await open();
  expect(words()).toHaveValue("");
});

it("gives the focus back to what was pressed when that came to nothing", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new Error("away")));
  show(item && <GateForm item={item} steps={steps} />);
  const approve = screen.getByRole("button", { name: "Approve" });
  await userEvent.click(approve);
  await vi.waitFor(() => expect(approve).toBeEnabled());
  expect(approve).toHaveFocus();
});

it("asks for what is missing, and sends all answers together", async () => {
  const asking = makeStep({
    stage_id: "draft",
    status: "waiting_for_input",
    dispatch: 3,
    question: {
      asker: "agent",
      deadline: null,
      answers: null,
      answered_by: null,
      questions: [
        {
          name: "Tone",
          question: "How should it sound?",
          header: "Tone",
          options: [
            { label: "plain", description: "short" },
            { label: "learned", description: "" },
          ],
          multi_select: false,
        },
        {
          name: "Readers",
          question: "For whom?",
          header: null,
          options: [
            { label: "children", description: "" },
            { label: "travellers", description: "" },
          ],
          multi_select: true,
        },
        {
          name: "Must",
          question: "Anything else?",
          header: null,
          options: [],
          multi_select: false,
        },
      ],
    },
  });
  const [question] = itemsOf([makeRun({ status: "waiting_for_input", steps: [asking] })]);
  show(question && <QuestionForm item={question} />);
  await userEvent.click(screen.getByRole("radio", { name: /plain/ }));
  await userEvent.click(screen.getByRole("button", { name: "Send the answers" }));
  expect(screen.getAllByText("This needs an answer.")).toHaveLength(2);
  expect(screen.getByRole("checkbox", { name: "children" })).toHaveFocus();
  await userEvent.click(screen.getByRole("checkbox", { name: "children" }));
  await userEvent.click(screen.getByRole("checkbox", { name: "travellers" }));
  await userEvent.click(screen.getByRole("checkbox", { name: "children" }));
  await userEvent.type(screen.getByLabelText("Anything else?"), "the date");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({
    answers: { Tone: "plain", Readers: ["travellers"], Must: "the date" },
    dispatch: 3,
  });
});
