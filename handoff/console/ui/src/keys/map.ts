// Which keys do what. Pure: a press goes in with what was pressed before, an act comes out.
import type { Word } from "../words";

export type Act =
  | "next" | "previous" | "open" | "reply" | "note" | "take" | "close" | "transfer" | "snooze" | "return" | "ticket"
  | "search" | "inbox" | "tickets" | "team" | "keys" | "leave";

export interface Binding {
  /** In the order they are pressed; several ways stand apart. */
  readonly ways: readonly (readonly string[])[];
  readonly act: Act;
  readonly word: Word;
}

export const BINDINGS: readonly Binding[] = [
  { ways: [["j"], ["ArrowDown"]], act: "next", word: "keyNext" },
  { ways: [["k"], ["ArrowUp"]], act: "previous", word: "keyPrevious" },
  { ways: [["Enter"]], act: "open", word: "keyOpen" },
  { ways: [["r"]], act: "reply", word: "keyReply" },
  { ways: [["n"]], act: "note", word: "keyNote" },
  { ways: [["a"]], act: "take", word: "keyTake" },
  { ways: [["e"]], act: "close", word: "keyClose" },
  { ways: [["b"]], act: "return", word: "keyReturn" },
  { ways: [["x"]], act: "transfer", word: "keyTransfer" },
  { ways: [["z"]], act: "snooze", word: "keySnooze" },
  { ways: [["t"]], act: "ticket", word: "keyTicket" },
  { ways: [["/"]], act: "search", word: "keySearch" },
  { ways: [["g", "i"]], act: "inbox", word: "keyInbox" },
  { ways: [["g", "t"]], act: "tickets", word: "keyTickets" },
  { ways: [["g", "p"]], act: "team", word: "keyTeam" },
  { ways: [["?"]], act: "keys", word: "keyKeys" },
  { ways: [["Escape"]], act: "leave", word: "keyLeave" },
];

export interface Pressed {
  readonly act: Act | undefined;
  /** What waits for the next key. */
  readonly before: readonly string[];
}

/** What a key does after the ones before it. */
export function press(before: readonly string[], key: string): Pressed {
  for (const so_far of before.length ? [[...before, key], [key]] : [[key]]) {
    const found = BINDINGS.find(({ ways }) => ways.some((way) => same(way, so_far)));
    if (found) return { act: found.act, before: [] };
    if (BINDINGS.some(({ ways }) => ways.some((way) => same(way.slice(0, so_far.length), so_far))))
      return { act: undefined, before: so_far };
  }
  return { act: undefined, before: [] };
}

const same = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((key, at) => key === other[at]);

const WRITES = "input, textarea, select, [contenteditable=''], [contenteditable=true]";
const OWNS_KEYS = "[role=textbox], [role=combobox], [role=listbox], [role=option], [role=menu], [role=menuitem]";
const PRESSES = "button, a[href], [role=tab], [role=switch], summary";

/** Whether a key belongs to somebody else: a field, a method of input, a dialog, a shortcut of the browser. */
export function isDead(event: KeyboardEvent, singleKeys: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector("[role=dialog][data-state=open], [role=menu][data-state=open]")) return true;
  const at = event.target instanceof Element ? event.target : undefined;
  if (at?.closest(`${WRITES}, ${OWNS_KEYS}`)) return true;
  if (event.key === "Enter" && at?.closest(PRESSES)) return true;
  return !singleKeys && event.key.length === 1;
}
