import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { ConnectionMark } from "./connection-mark";

it("says why it polls without being pointed at", () => {
  render(<ConnectionMark connection="queued" />);
  expect(screen.getByText("Polling, other tabs are live")).toBeVisible();
  expect(screen.getByRole("status")).toHaveTextContent(/have the live connections/);
});

it("is not there when a run has ended", () => {
  render(<ConnectionMark connection="ended" />);
  expect(screen.queryByRole("status")).toBeNull();
});
