// What the server sends, before a browser has unpacked it.

import { get, type IncomingHttpHeaders } from "node:http";

import type { Baton } from "./server";

export interface Raw {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: number;
}

/** Asks for something in a form that is named, and weighs what comes. */
export function fetchRaw(url: URL | string, coding: string): Promise<Raw> {
  return new Promise((done, fail) => {
    const request = get(url, { headers: { "accept-encoding": coding } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on("end", () =>
        done({ status: answer.statusCode ?? 0, headers: answer.headers, bytes }),
      );
      answer.on("error", fail);
    });
    request.on("error", fail);
  });
}

/** The scripts that the page names. */
export async function firstScripts({ ui }: Baton): Promise<string[]> {
  const page = await (await fetch(`${ui}/`)).text();
  return [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path ?? "");
}
