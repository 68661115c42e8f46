import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { Code } from "./facts";

it("names what scrolls by what it is, or by how it begins", () => {
  render(<Code text='{"before":"true"}' label="on hooks" />);
  expect(screen.getByRole("region", { name: "on hooks" })).toHaveAttribute("tabindex", "0");
  render(<Code text={"\nFirst line\nsecond line"} />);
  expect(screen.getByRole("region", { name: "First line" })).toBeInTheDocument();
});
