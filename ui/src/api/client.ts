// The one way in which the UI talks to the server.

import createClient from "openapi-fetch";

import type { components, paths } from "./schema";

/** What the server calls the parts of its answers. */
export type Schemas = components["schemas"];

/** Where the page comes from is where the server is. */
export function connect(token?: string) {
  return createClient<paths>({
    baseUrl: "/",
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
}
