import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { BlockFacts } from "./block-facts";

it("tells what has parts of its own part by part", () => {
  render(
    <BlockFacts
      fields={[
        ["on_failure", "continue"],
        ["retry", { max_attempts: 3, errors: ["denied", "lost"], none_of: [] }],
        ["on_start", [{ run: ["echo", "run it"] }, { notify: { target: "slack:#ledger" } }]],
      ]}
    />,
  );
  const of = (name: string) =>
    screen.getByText(name, { selector: "dt" }).nextElementSibling?.textContent;
  expect(of("on failure")).toBe("continue");
  expect(of("retry")).toBe("max attempts: 3errors: denied, lostnone of: none");
  expect(of("run:")).toBe("echo 'run it'");
  expect(of("target:")).toBe("slack:#ledger");
});
