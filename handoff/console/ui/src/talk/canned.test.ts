import { expect, test } from "vitest";
import type { Canned } from "../protocol";
import { cannedFor, slashed } from "./canned";

const aCanned = (shortcut: string, uses = 0, title = ""): Canned => ({
  id: shortcut, shortcut, title, texts: {}, scope: "team", uses, used_at: null,
});

test.each([
  ["/", ""],
  ["/ref", "ref"],
  ["ref", undefined],
  ["/ref und", undefined],
  ["a/ref", undefined],
])("%j asks for %j", (text, wanted) => expect(slashed(text)).toBe(wanted));

test("what begins so comes first, then the most used", () => {
  const all = [aCanned("hello"), aCanned("late", 9, "Refund is late"), aCanned("refund", 1), aCanned("reform", 5)];
  expect(cannedFor(all, "REF").map(({ shortcut }) => shortcut)).toEqual(["reform", "refund", "late"]);
});
