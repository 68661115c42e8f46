import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { StageGraph } from "./stage-graph";
import type { GraphStage } from "./stage-node";

const SIZE = { width: 1_000, height: 600 };

/** The browser says once how large everything is. */
class Sized {
  private readonly seen: ResizeObserverCallback;
  constructor(seen: ResizeObserverCallback) {
    this.seen = seen;
  }
  observe(target: Element) {
    const box = [{ inlineSize: SIZE.width, blockSize: SIZE.height }];
    const entry = { target, contentRect: SIZE, borderBoxSize: box, contentBoxSize: box };
    queueMicrotask(() => this.seen([entry as never], this));
  }
  unobserve() {
    // Nothing changes its size.
  }
  disconnect() {
    // Nothing changes its size.
  }
}

class Matrix {
  readonly m22 = 1;
}

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", Sized);
  vi.stubGlobal("DOMMatrixReadOnly", Matrix);
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  for (const [side, name] of [
    ["width", "Width"],
    ["height", "Height"],
  ] as const) {
    for (const kind of ["client", "offset"]) {
      vi.spyOn(HTMLElement.prototype, `${kind}${name}` as "clientWidth", "get").mockReturnValue(
        SIZE[side],
      );
    }
  }
});

const stage = (id: string, dependsOn: string[], more: Partial<GraphStage> = {}): GraphStage => ({
  id,
  name: `Stage ${id}`,
  kind: "agent",
  subtitle: "writer",
  dependsOn,
  ...more,
});

it("draws each stage with where it stands, and selects what is pressed", async () => {
  const select = vi.fn();
  const stages = [
    stage("a", [], { status: "completed", aside: "×2 · 3s" }),
    stage("b", ["a"], { status: "running", condition: true }),
    stage("c", ["a"], { kind: "gate", status: "pending" }),
  ];
  render(<StageGraph label="Stages" stages={stages} selected="a" onSelect={select} />);
  const done = await screen.findByRole("button", { name: "Stage a, Completed", hidden: true });
  expect(done).toHaveAttribute("aria-pressed", "true");
  expect(done).toHaveTextContent("×2 · 3s");
  expect(screen.getByLabelText("has a condition")).toBeInTheDocument();
  fireEvent.click(screen.getByRole("button", { name: "Stage c, Pending", hidden: true }));
  expect(select).toHaveBeenCalledWith("c");
  for (const name of ["Smaller", "Larger", "Show everything"]) {
    fireEvent.click(screen.getByRole("button", { name }));
  }
});

it("begins where a graph begins that is too large for one look, and follows the selection", async () => {
  const stages = Array.from({ length: 200 }, (_, index) =>
    stage(`s${index}`, index === 0 ? [] : [`s${index - 1}`]),
  );
  const props = { label: "Stages", stages, onSelect: vi.fn() };
  const { rerender } = render(<StageGraph {...props} selected="s0" />);
  await screen.findByRole("button", { name: "Stage s0", hidden: true });
  expect(screen.queryByRole("button", { name: "Stage s199", hidden: true })).toBeNull();
  rerender(<StageGraph {...props} selected="s199" />);
  expect(
    await screen.findByRole("button", { name: "Stage s199", hidden: true }),
  ).toBeInTheDocument();
});
