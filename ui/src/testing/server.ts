// A server for tests of pages: answers what a test says, and remembers what
// it was asked.

import { vi } from "vitest";

import type { Schemas } from "@/api/client";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = (asked: Asked) => unknown;

/** An answer that goes on: what the test says comes as server-sent events. */
export class Stream {
  private readonly writers = new Set<ReadableStreamDefaultController<Uint8Array>>();

  open(): Response {
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (writer) => {
        own = writer;
        this.writers.add(writer);
      },
      cancel: () => {
        this.writers.delete(own);
      },
    });
    return new Response(body);
  }

  say(event: string, id: string, data: object): void {
    const text = `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const writer of this.writers) writer.enqueue(new TextEncoder().encode(text));
  }
}

/** An answer with another status than 200. */
export class Refusal {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, code: Schemas["ErrorCode"], detail: string, more: object = {}) {
    this.status = status;
    this.body = { type: "about:blank", title: detail, status, detail, code, ...more };
  }
}

/** Answers by `GET /workflows` and the like, below `/api/v1`; `*` is any one part of a path. */
export function fakeServer(answers: Record<string, Answer>) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace("/api/v1", "");
    const text = await request.text();
    const one: Asked = {
      method: request.method,
      path,
      query: url.searchParams,
      headers: request.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    asked.push(one);
    const answer = Object.entries(answers).find(([pattern]) => fits(pattern, request.method, path));
    const body = (await answer?.[1](one)) ?? new Refusal(404, "not_found", "not found");
    if (body instanceof Stream) return body.open();
    if (body instanceof Refusal) return Response.json(body.body, { status: body.status });
    return Response.json(body);
  });
  return {
    asked,
    to: (method: string, path: string) =>
      asked.filter((one) => one.method === method && fits(`${method} ${path}`, method, one.path)),
  };
}

function fits(pattern: string, method: string, path: string): boolean {
  const [wanted, parts = ""] = pattern.split(" ");
  const shape = new RegExp(`^${parts.replaceAll("*", "[^/]+")}$`);
  return wanted === method && shape.test(path);
}

export const FLAGS: Schemas["FeatureFlags"] = {
  workflow_engine_enabled: true,
  composite_artifacts_enabled: false,
  deployment_sets_enabled: false,
  memory_context_enabled: false,
  modular_content_architecture: false,
};

export function page<T>(items: T[]) {
  return {
    items,
    next_cursor: null,
    prev_cursor: null,
    has_more: false,
    total_count: items.length,
  };
}
