import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";

import { learnTime } from "@/api/server-time";

import { Elapsed, RelativeTime, TimeLeft } from "./time";

const HOUR = 3_600_000;

/** The server says that it is so much later than this machine has it. */
const tell = (ahead: number) =>
  learnTime(new Headers({ Date: new Date(Date.now() + ahead).toUTCString() }), Date.now());

afterEach(() => {
  tell(0);
});

it("goes by the time of the server, as soon as that is known", () => {
  const now = Date.now() - 2 * HOUR;
  const from = (ms: number) => new Date(now + ms).toISOString();
  render(
    <>
      <p>
        begun <RelativeTime at={from(-20_000)} />
      </p>
      <p>
        ends <TimeLeft at={from(24 * HOUR - 30_000)} />
      </p>
      <p>
        takes <Elapsed from={from(-185_000)} to={null} />
      </p>
    </>,
  );
  expect(screen.getByText(/begun/)).toHaveTextContent("2h ago");
  act(() => tell(-2 * HOUR));
  expect(screen.getByText(/begun/)).toHaveTextContent(/begun (19|20|21)s ago/);
  expect(screen.getByText(/ends/)).toHaveTextContent("ends 23h 59m left");
  expect(screen.getByText(/takes/)).toHaveTextContent("takes 3m 0");
});
