import { describe, expect, test } from "vitest";
import { BINDINGS, isDead, press } from "./map";

const pressed = (init: KeyboardEventInit & { at?: string } = {}): KeyboardEvent => {
  document.body.innerHTML = init.at ?? "<p></p>";
  const event = new KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true, ...init });
  (document.querySelector("[data-at]") ?? document.body.firstElementChild!).dispatchEvent(event);
  return event;
};

describe("a press", () => {
  test("does what its binding says", () => {
    expect(press([], "j")).toEqual({ act: "next", before: [] });
    expect(press([], "ArrowUp").act).toBe("previous");
  });

  test("of g waits for the next one", () => {
    const first = press([], "g");
    expect(first).toEqual({ act: undefined, before: ["g"] });
    expect(press(first.before, "i").act).toBe("inbox");
  });

  test("that continues nothing counts for itself", () => {
    expect(press(["g"], "j").act).toBe("next");
    expect(press(["g"], "q")).toEqual({ act: undefined, before: [] });
  });

  test("means one thing", () => {
    const ways = BINDINGS.flatMap((binding) => binding.ways.map((way) => way.join(" ")));
    expect(new Set(ways).size).toBe(ways.length);
  });
});

describe("keys are dead", () => {
  test.each([
    ["in a field", { at: "<input data-at>" }],
    ["in a text", { at: "<textarea data-at></textarea>" }],
    ["in what can be edited", { at: "<div contenteditable='true'><b data-at>x</b></div>" }],
    ["in a list to choose from", { at: "<div role='listbox'><p data-at></p></div>" }],
    ["in a composition", { isComposing: true }],
    ["with Control", { ctrlKey: true }],
    ["with Command", { metaKey: true }],
    ["with Alt", { altKey: true }],
    ["under a dialog", { at: "<p data-at></p><div role='dialog' data-state='open'></div>" }],
    ["on a button that Enter presses", { key: "Enter", at: "<button data-at></button>" }],
  ])("%s", (_, init) => expect(isDead(pressed(init), true)).toBe(true));

  test("when single ones are turned off, but not the others", () => {
    expect(isDead(pressed(), false)).toBe(true);
    expect(isDead(pressed({ key: "Escape" }), false)).toBe(false);
  });

  test("nowhere else", () => expect(isDead(pressed(), true)).toBe(false));
});
