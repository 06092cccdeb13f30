import { describe, expect, test } from "vitest";
import { aMessage, aNote } from "../builders";
import { lay, mark, merge, unsettled, type Pending } from "./thread";

const aPending = (given: Partial<Pending> = {}): Pending => ({
  client_id: "mine",
  kind: "reply",
  text: "On its way",
  files: [],
  at: "2026-03-02T12:00:00Z",
  epoch: 1,
  ...given,
});

describe("the thread", () => {
  test("has each message once, in order, as it was told last", () => {
    const merged = merge(
      [aMessage({ seq: 2, text: "two" })],
      [aMessage({ seq: 1 }), aMessage({ seq: 2, text: "two, edited" })],
    );
    expect(merged.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(merged[1]?.text).toBe("two, edited");
  });

  test("has what became of a message, and keeps its words where they are the same", () => {
    const nothing = { text: null, edited: false, deleted: false, delivery: null, reason: null };
    const marks = [
      { ...nothing, seq: 1, text: "other words", edited: true },
      { ...nothing, seq: 2, delivery: "refused", reason: "Blocked." } as const,
      { ...nothing, seq: 3, text: "", deleted: true },
    ];
    const known = [1, 2, 3, 4].map((seq) => aMessage({ seq, text: `words ${seq}` }));
    const marked = mark(known, new Map(marks.map((one) => [one.seq, one])));
    expect(marked.map(({ text }) => text)).toEqual(["other words", "words 2", "", "words 4"]);
    expect(marked[0]?.edited).toBe(true);
    expect([marked[1]?.delivery, marked[1]?.reason]).toEqual(["refused", "Blocked."]);
    expect(marked[2]?.deleted).toBe(true);
    expect(marked[3]).toEqual(known[3]);
  });

  test("has notes behind their message, and what is being sent at its end", () => {
    const items = lay([aMessage({ seq: 1 }), aMessage({ seq: 2 })], [aNote({ seq: 1 })], [aPending()]);
    expect(items.map(({ kind }) => kind)).toEqual(["day", "message", "note", "message", "pending"]);
  });

  test("has a line for each day", () => {
    const items = lay(
      [aMessage({ seq: 1, at: "2026-03-01T12:00:00Z" }), aMessage({ seq: 2, at: "2026-03-03T12:00:00Z" })],
      [],
      [],
    );
    expect(items.map(({ kind }) => kind)).toEqual(["day", "message", "day", "message"]);
  });

  test("names an author once for what they say in a row", () => {
    const items = lay([aMessage({ seq: 1 }), aMessage({ seq: 2 }), aMessage({ seq: 3, author: "bot" })], [], []);
    expect(items.flatMap((item) => (item.kind === "message" ? [item.first] : []))).toEqual([true, false, true]);
  });

  test("drops what has come back", () => {
    const pending = [aPending(), aPending({ client_id: "other" })];
    const left = unsettled(pending, [aMessage({ client_id: "mine" })], []);
    expect(left.map(({ client_id }) => client_id)).toEqual(["other"]);
  });
});
