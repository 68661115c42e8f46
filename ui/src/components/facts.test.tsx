import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { FieldFacts } from "./facts";

it("shows each field with its value, what has parts of its own as it is written", () => {
  render(
    <FieldFacts
      fields={[
        ["on_failure", "continue"],
        ["retry", { attempts_max: 3 }],
      ]}
    />,
  );
  const [failure, retry] = screen.getAllByRole("definition");
  const names = screen.getAllByRole("term").map((term) => term.textContent);
  expect(names).toEqual(["on failure", "retry"]);
  expect(failure).toHaveTextContent("continue");
  expect(retry?.querySelector("pre")).toHaveTextContent('{"attempts_max":3}');
});
