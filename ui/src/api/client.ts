// The one way in which the UI talks to the server.

import createClient, { type Middleware } from "openapi-fetch";

import { isThere } from "./engine";
import { ApiError, refusal, unreachable } from "./problem";
import { reachability } from "./reachability";
import type { components, paths } from "./schema";
import { learnTime } from "./server-time";
import { session } from "./session";

/** What the server calls the parts of its answers. */
export type Schemas = components["schemas"];

/** Longer than the server lets a request take. */
const TIMEOUT_MS = 45_000;

function authorize(headers: Headers): Headers {
  const token = session.token();
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  return headers;
}

async function send(request: Request): Promise<Response> {
  const asked = Date.now();
  try {
    const response = await fetch(request);
    learnTime(response.headers, asked);
    // A proxy answers for a server that is gone.
    const gone = response.status === 502 || response.status === 504;
    reachability.report(gone ? "unreachable" : "reachable");
    if (response.status === 401) session.refuse();
    return response;
  } catch (error) {
    if (request.signal.aborted && !isTimeout(request.signal.reason)) throw error;
    reachability.report("unreachable");
    throw unreachable(error);
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}

const asSomebody: Middleware = {
  async onRequest({ request, schemaPath }) {
    if (!(await isThere(schemaPath))) {
      throw new ApiError("not_found", "Workflows are switched off on this server.", 404);
    }
    authorize(request.headers);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return new Request(request, { signal });
  },
};

// Where the page comes from is where the server is.
export const client = createClient<paths>({ baseUrl: location.origin, fetch: send });
client.use(asSomebody);

/** The data of an answer; throws what the server refuses with. */
export async function data<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok || error !== undefined) throw refusal(response.status, error);
  return data as T;
}

/** Opens a stream of events; it goes on until the signal or the server ends it. */
export async function openStream(
  path: string,
  lastEventId: string | null,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers = authorize(new Headers({ Accept: "text/event-stream" }));
  if (lastEventId !== null) headers.set("Last-Event-ID", lastEventId);
  const response = await send(new Request(new URL(path, location.origin), { headers, signal }));
  if (!response.ok || response.body === null) {
    const body: unknown = await response.json().catch(() => undefined);
    throw refusal(response.status, body);
  }
  return response.body;
}

/** Deletes even while the page is being left. */
export function deleteOnLeaving(path: string): void {
  const headers = authorize(new Headers());
  void fetch(path, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
}
