import { describe, expect, it } from "vitest";

import { createParser } from "./sse";

describe("createParser", () => {
  it("reads a message with its name, id and data", () => {
    const parse = createParser();
    expect(parse('event: stage_started\nid: 2.0\ndata: {"a":1}\n\n')).toEqual([
      { event: "stage_started", id: "2.0", data: '{"a":1}' },
    ]);
  });

  it("gives the same whatever the size of the pieces", () => {
    const text = ": comment\n\nevent: log_line\r\nid: 1.2\r\ndata: a\r\ndata: b\r\n\r\n";
    for (let size = 1; size < text.length; size += 1) {
      const parse = createParser();
      const messages = [];
      for (let at = 0; at < text.length; at += size) {
        messages.push(...parse(text.slice(at, at + size)));
      }
      expect(messages).toEqual([{ event: "log_line", id: "1.2", data: "a\nb" }]);
    }
  });

  it("keeps a message that is not whole yet", () => {
    const parse = createParser();
    expect(parse("data: half")).toEqual([]);
    expect(parse(" and half\n\n")).toEqual([{ event: "message", id: null, data: "half and half" }]);
  });
});
