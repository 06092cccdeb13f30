import { describe, expect, test } from "vitest";
import type { File as Kept } from "../protocol";
import { isUnderWay, MOST_BYTES, MOST_FILES, refusal, sizeOf, takeOut, withoutNames, type Adding } from "./files";

const kept = (name: string): Kept => ({ id: name, name, media_type: "image/png", size: 1 });
const adding = (given: Partial<Adding>): Adding => ({
  key: 1, name: "a", size: 1, progress: 0, kept: undefined, failed: undefined, stop: () => undefined, ...given,
});

test("a size is told in the unit that people use", () => {
  expect([0, 1023, 1536, 20_480, 10 * 1024 * 1024].map(sizeOf)).toEqual(["0 B", "1023 B", "1.5 KB", "20 KB", "10 MB"]);
});

describe("words beside files", () => {
  test("do not name them again", () => {
    expect(withoutNames("Here.\n📎 a.png\n📎 b.png", [kept("a.png"), kept("b.png")])).toBe("Here.");
    expect(withoutNames("📎 a.png", [kept("a.png")])).toBe("");
  });
  test("stay as they are where the files are not there", () => {
    expect(withoutNames("📎 a.png", [])).toBe("📎 a.png");
    expect(withoutNames("📎 a.png and more", [kept("a.png")])).toBe("📎 a.png and more");
  });
});

describe("a file is refused before it is sent", () => {
  test("when it is too large", () => {
    expect(refusal(MOST_BYTES, 0)).toBeUndefined();
    expect(refusal(MOST_BYTES + 1, 0)).toContain("10 MB");
  });
  test("when there are as many as may be", () => expect(refusal(1, MOST_FILES)).toContain(String(MOST_FILES)));
});

test("what has come is sent, and what was refused is forgotten", () => {
  const files = [adding({ kept: kept("a") }), adding({ failed: "No." })];
  expect(isUnderWay(files)).toBe(false);
  expect(takeOut(files).map(({ name }) => name)).toEqual(["a"]);
  expect(files).toEqual([]);
});

test("what is under way holds the words back", () => expect(isUnderWay([adding({})])).toBe(true));
