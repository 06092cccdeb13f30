import { expect, test } from "vitest";
import { en } from "./en";
import { fill } from "./index";
import { zh } from "./zh";

const namesIn = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name!))].sort();

test("both languages say the same things", () => expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort()));

test.each(Object.entries(en))("%s is filled with the same in both", (word, text) => {
  expect(namesIn(zh[word as keyof typeof en])).toEqual(namesIn(text));
});

test("no word is empty", () => expect([...Object.values(en), ...Object.values(zh)].filter((text) => !text.trim())).toEqual([]));

test("a number chooses its form", () => {
  expect(fill("{n} {n|day|days}", { n: 1 })).toBe("1 day");
  expect(fill("{n} {n|day|days}", { n: 2 })).toBe("2 days");
});

test("what is filled in is not filled again", () => expect(fill("{name}", { name: "{n|a|b}" })).toBe("{n|a|b}"));
