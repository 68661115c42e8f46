// The news of all runs, for all tabs of a browser: one of them has the stream,
// and tells the others what it hears and how.

import { createStore } from "@/model/store";

import type { Message } from "./sse";
import { type Connection, followRun } from "./stream";
import { takesTurns, turnToHear } from "./turns";

const PATH = "/api/v1/events/stream";
const CHANNEL = "baton.news";

/** What tabs say to each other. */
type Said =
  | { kind: "message"; message: Message }
  | { kind: "connection"; connection: Connection }
  /** Nobody had the stream, so whatever is shown should be asked for again. */
  | { kind: "missed" }
  /** A tab that was opened wants to know how the others hear. */
  | { kind: "newcomer" };

interface NewsOptions {
  onMessage: (message: Message) => void;
  /** Something may have happened that nobody told. */
  onMissed: () => void;
}

/** Hears all news, by a stream or from the tab that has it. */
export function hearNews({ onMessage, onMissed }: NewsOptions) {
  const connection = createStore<Connection>("connecting");
  const others = takesTurns() ? new BroadcastChannel(CHANNEL) : undefined;
  let hasTurn = false;
  let closed = false;
  const say = (said: Said) => hasTurn && others?.postMessage(said);
  const show = (next: Connection) => {
    connection.set(next);
    say({ kind: "connection", connection: next });
  };

  const own = followRun({
    path: PATH,
    endless: true,
    turn: async (signal, onWait) => {
      const giveBack = await turnToHear(signal, onWait);
      if (giveBack === undefined) return undefined;
      if (closed) {
        // The turn came when nobody was there to take it any more.
        giveBack();
        return undefined;
      }
      hasTurn = true;
      return () => {
        show("reconnecting");
        hasTurn = false;
        giveBack();
      };
    },
    onPoll: () => {
      // Who waits for a turn hears from whoever has it.
      if (!hasTurn) return;
      onMissed();
      say({ kind: "missed" });
    },
    onMessage: (message) => {
      onMessage(message);
      say({ kind: "message", message });
    },
  });
  const unsubscribe = own.connection.subscribe(() => hasTurn && show(own.connection.get()));

  const hear = (said: Said) => {
    if (said.kind === "newcomer") {
      say({ kind: "connection", connection: connection.get() });
    } else if (said.kind === "message") {
      if (said.message.id !== null) own.skipTo(said.message.id);
      onMessage(said.message);
    } else if (said.kind === "missed") {
      onMissed();
    } else if (!hasTurn) {
      connection.set(said.connection);
    }
  };
  if (others) {
    others.onmessage = ({ data }: MessageEvent<Said>) => hear(data);
    others.postMessage({ kind: "newcomer" } satisfies Said);
  }

  const leave = () => say({ kind: "connection", connection: "reconnecting" });
  // A page that is closed has no time to end in order.
  addEventListener("pagehide", leave);
  const close = () => {
    removeEventListener("pagehide", leave);
    leave();
    hasTurn = false;
    closed = true;
    unsubscribe();
    own.close();
    others?.close();
  };
  return { connection, close };
}
