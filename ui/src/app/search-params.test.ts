import { describe, expect, it } from "vitest";

import { compact, oneOf, only, parseSearch, someOf, stringifySearch, text } from "./search-params";

describe("search parameters", () => {
  it("come back as they were written", () => {
    const search = { search: "a & b", tags: "x,y", n: "12" };
    expect(stringifySearch(search)).toBe("?search=a+%26+b&tags=x,y&n=12");
    expect(parseSearch(stringifySearch(search))).toEqual(search);
  });

  it("leave out what is not there", () => {
    expect(stringifySearch({ a: undefined, b: "" })).toBe("");
    expect(compact({ a: undefined, b: "c" })).toEqual({ b: "c" });
  });

  it("are only what a page knows", () => {
    expect(oneOf(["grid", "list"], "list")).toBe("list");
    expect(oneOf(["grid", "list"], "table")).toBeUndefined();
    expect(someOf(["failed", "paused"], "paused,zzz,failed,")).toBe("paused,failed");
    expect(someOf(["failed"], "zzz")).toBeUndefined();
    expect(text("")).toBeUndefined();
    const read = (search: Record<string, string>) => only(search, { a: oneOf(["b"], search["a"]) });
    expect(read({ a: "b", c: "d" })).toStrictEqual({ a: "b", c: undefined });
    expect(read({ a: "x" })).toStrictEqual({ a: undefined });
  });
});
