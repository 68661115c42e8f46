// Server-sent events, as a browser would read them.

export interface Message {
  id: string | null;
  event: string;
  data: string;
}

/** Takes text in pieces of any size and gives back the messages that are whole. */
export function createParser(): (chunk: string) => Message[] {
  let rest = "";
  let lines: string[] = [];
  return (chunk) => {
    const messages: Message[] = [];
    const parts = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? "";
    for (const line of parts) {
      if (line !== "") {
        lines.push(line);
        continue;
      }
      const message = assemble(lines);
      lines = [];
      if (message !== null) messages.push(message);
    }
    return messages;
  };
}

function assemble(lines: string[]): Message | null {
  let id: string | null = null;
  let event = "message";
  const data: string[] = [];
  for (const line of lines) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "id") id = value ?? null;
    else if (field === "event") event = value ?? "message";
    else if (field === "data") data.push(value ?? "");
  }
  return data.length === 0 ? null : { id, event, data: data.join("\n") };
}
