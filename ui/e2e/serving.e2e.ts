// How pages and answers come to a browser.

import { expect, it } from "vitest";

import { setUp } from "./journey";
import { fetchRaw, firstScripts } from "./raw";

const { server, store } = setUp();

it("sends its files in the shortest form a browser reads, for good", async () => {
  const [first = ""] = await firstScripts(server());
  const url = new URL(first, server().ui);
  const plain = await fetchRaw(url, "identity");
  const gzip = await fetchRaw(url, "gzip");
  const brotli = await fetchRaw(url, "gzip, deflate, br");
  expect([plain, gzip, brotli].map(({ headers }) => headers["content-encoding"])).toEqual([
    undefined,
    "gzip",
    "br",
  ]);
  expect(gzip.bytes).toBeLessThan(plain.bytes / 2);
  expect(brotli.bytes).toBeLessThan(gzip.bytes);
  for (const { headers } of [plain, gzip, brotli]) {
    expect(headers["cache-control"]).toContain("immutable");
    expect(headers.vary).toContain("accept-encoding");
  }
  expect(new Set([plain, gzip, brotli].map(({ headers }) => headers.etag)).size).toBe(3);
  const page = await fetchRaw(`${server().ui}/`, "br");
  expect(page.headers["cache-control"]).toBe("no-cache");
});

it("sends long answers shorter, and short ones as they are", async () => {
  const long = `# ${"many words ".repeat(4_000)}`;
  const id = await store(
    `workflow: { id: long, name: Long }\nstages: [{ id: a, name: A, roles: { primary: { artifact: "agent:a" } } }]\n${long}\n`,
  );
  const asked = await fetchRaw(`${server().api}/workflows/${id}`, "gzip");
  expect(asked.headers["content-encoding"]).toBe("gzip");
  expect(asked.bytes).toBeLessThan(8_000);
  const flags = await fetchRaw(`${server().api}/config/feature-flags`, "gzip");
  expect(flags.headers["content-encoding"]).toBeUndefined();
});
