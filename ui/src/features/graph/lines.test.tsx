import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { arrange, placeAcross } from "@/model/dag-layout";

import { Lines, passedBy, pathsByLayer, pathThrough } from "./lines";

describe("pathThrough", () => {
  it("is level where it can be, and curved between layers", () => {
    expect(pathThrough([])).toBe("");
    expect(
      pathThrough([
        { x: 0, y: 5 },
        { x: 10, y: 5 },
      ]),
    ).toBe("M0 5L10 5");
    expect(
      pathThrough([
        { x: 0, y: 0 },
        { x: 10, y: 8 },
      ]),
    ).toBe("M0 0C5 0 5 8 10 8");
    expect(
      pathThrough(
        [
          { x: 0, y: 0 },
          { x: 10, y: 8 },
        ],
        true,
      ),
    ).toBe("M0 0C0 4 10 4 10 8");
  });
});

const LAYOUT = placeAcross(
  arrange([
    { id: "a", dependsOn: [] },
    { id: "b", dependsOn: ["a"] },
    { id: "c", dependsOn: ["a"] },
    { id: "d", dependsOn: ["b", "c"] },
  ]),
  { width: 200, height: 60, gapX: 50, gapY: 20 },
);

it("draws the lines of a layer as one", () => {
  const paths = pathsByLayer(LAYOUT.edges, false);
  expect(paths).toHaveLength(2);
  expect(paths.map((path) => path.match(/M/g))).toEqual([
    ["M", "M"],
    ["M", "M"],
  ]);
});

it("marks the lines of the selected stage", () => {
  const { container, rerender } = render(
    <Lines layout={LAYOUT} down={false} selected="b" begun={new Map()} />,
  );
  const marked = () => container.querySelector("path.stroke-focus")?.getAttribute("d");
  expect(marked()?.match(/M/g)).toHaveLength(2);
  rerender(<Lines layout={LAYOUT} down={false} selected={undefined} begun={new Map()} />);
  expect(marked()).toBeUndefined();
});

it("marks the way a run has gone, and where it goes on", () => {
  const begun = new Map([
    ["a", "completed"],
    ["b", "running"],
    ["c", "failed"],
  ] as const);
  const { tones, moving } = passedBy(begun, LAYOUT.edges);
  const named = (edges: readonly { from: string; to: string }[] | undefined) =>
    edges?.map(({ from, to }) => from + to);
  expect([...tones.keys()]).toEqual(["running", "failed"]);
  expect(named(tones.get("failed"))).toEqual(["ac"]);
  expect(named(moving)).toEqual(["ab"]);
  const { container } = render(
    <Lines layout={LAYOUT} down={false} selected={undefined} begun={begun} />,
  );
  expect(container.querySelectorAll(".line-moves path")).toHaveLength(1);
  expect(container.querySelectorAll("[data-tone] path")).toHaveLength(2);
});

it("lets nothing move where very much works", () => {
  const many = Array.from({ length: 60 }, (_, index) => `s${index}`);
  const stages = [{ id: "a", dependsOn: [] }, ...many.map((id) => ({ id, dependsOn: ["a"] }))];
  const layout = placeAcross(arrange(stages), { width: 200, height: 60, gapX: 50, gapY: 20 });
  const begun = new Map(
    stages.map(({ id }) => [id, id === "a" ? "completed" : "running"] as const),
  );
  const { container } = render(
    <Lines layout={layout} down={false} selected={undefined} begun={begun} />,
  );
  expect(container.querySelector(".line-moves")).toBeNull();
  expect(container.querySelectorAll("[data-tone=running] path")).toHaveLength(1);
});
