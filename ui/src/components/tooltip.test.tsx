import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { tip, TooltipLayer } from "./tooltip";

function Page({ inbox = true }: { inbox?: boolean }) {
  return (
    <>
      <button type="button" {...tip("Goes to the library", "g l")}>
        Library
      </button>
      {inbox && (
        <button type="button" {...tip("Goes to the inbox")}>
          Inbox
        </button>
      )}
      <TooltipLayer />
    </>
  );
}

let rerender: ReturnType<typeof render>["rerender"];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  ({ rerender } = render(<Page />));
});
afterEach(() => vi.useRealTimers());

const over = (name: string, pointerType = "mouse") =>
  fireEvent(
    screen.getByText(name),
    Object.assign(new Event("pointerover", { bubbles: true }), { pointerType }),
  );
const wait = (ms: number) => vi.advanceTimersByTime(ms);

it("comes after a moment, with its keys, and the next one at once", async () => {
  over("Library");
  expect(screen.queryByText("Goes to the library")).toBeNull();
  wait(400);
  expect(await vi.waitFor(() => screen.getByText("Goes to the library"))).toHaveTextContent(
    /G.*L/i,
  );
  over("Inbox");
  wait(0);
  await vi.waitFor(() => expect(screen.getByText("Goes to the inbox")).toBeInTheDocument());
  expect(screen.queryByText("Goes to the library")).toBeNull();
});

it("goes with Escape, a press, or when its element is gone", async () => {
  over("Library");
  wait(400);
  await vi.waitFor(() => screen.getByText("Goes to the library"));
  fireEvent.keyDown(document, { key: "Escape" });
  expect(screen.queryByText("Goes to the library")).toBeNull();
  wait(1_000);
  over("Inbox");
  rerender(<Page inbox={false} />);
  wait(400);
  expect(screen.queryByText("Goes to the inbox")).toBeNull();
});

it("does not come where a finger touches", () => {
  over("Library", "touch");
  wait(1_000);
  expect(screen.queryByText("Goes to the library")).toBeNull();
});
