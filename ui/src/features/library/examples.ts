// The examples of the repository, for a library that is empty. They run with
// the pretended agents of examples/baton.toml.

import full from "../../../../examples/full.yaml?raw";
import minimal from "../../../../examples/minimal.yaml?raw";
import reviewLoop from "../../../../examples/review-loop.yaml?raw";

export interface Example {
  name: string;
  says: string;
  text: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    name: "First Steps",
    says: "Two stages; the second reads what the first answered.",
    text: minimal,
  },
  {
    name: "Review Loop",
    says: "An agent that asks, a gate for you to decide, and work that is sent back.",
    text: reviewLoop,
  },
  {
    name: "Ledger Migration",
    says: "Parallel tracks, conditions, retries and gates: nearly all the language can say.",
    text: full,
  },
];
