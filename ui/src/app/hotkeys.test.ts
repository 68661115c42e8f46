import { describe, expect, it, vi } from "vitest";

import { chordOf, findHotkey, type HotkeyGroup } from "./hotkeys";

const press = (key: string, more: KeyboardEventInit = {}) =>
  chordOf(new KeyboardEvent("keydown", { key, ...more }));

describe("chordOf", () => {
  it("names what was pressed", () => {
    expect(press("j")).toBe("j");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("S", { ctrlKey: true })).toBe("mod+s");
    expect(press("X", { shiftKey: true })).toBe("shift+x");
    expect(press("Enter", { metaKey: true })).toBe("mod+enter");
  });
});

describe("findHotkey", () => {
  const hotkey = (keys: string, inInputs = false) => ({ keys, does: keys, run: vi.fn(), inInputs });
  const page: HotkeyGroup = {
    id: "1",
    title: "Page",
    hotkeys: [hotkey("j"), hotkey("mod+s", true)],
  };
  const panel: HotkeyGroup = { id: "2", title: "Panel", hotkeys: [hotkey("j")] };

  it("prefers what came last", () => {
    expect(findHotkey([page, panel], "j", false)).toBe(panel.hotkeys[0]);
  });

  it("leaves letters to those who write", () => {
    expect(findHotkey([page], "j", true)).toBeUndefined();
    expect(findHotkey([page], "mod+s", true)).toBe(page.hotkeys[1]);
  });

  it("knows nothing that is off", () => {
    const off = { ...panel, hotkeys: [{ ...hotkey("x"), off: true }] };
    expect(findHotkey([off], "x", false)).toBeUndefined();
  });
});
