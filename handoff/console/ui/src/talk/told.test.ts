import { expect, test } from "vitest";
import { speak } from "../words";
import { decisionSaid, factSaid, intentSaid, moodSaid, reasonSaid, ruleSaid } from "./told";

test("what ships is said in the reader's language", () => {
  speak("zh");
  expect(reasonSaid("two unknowns in a row")).toBe("机器人不知道答案");
  expect(decisionSaid("decline")).toBe("不知道答案");
  speak("en");
  expect(reasonSaid("two unknowns in a row")).toBe("The bot did not know the answer");
});

test("a rule of one's own is said by its name", () => {
  expect(reasonSaid("big_refund")).toBe("A person is wanted: big refund");
  expect(decisionSaid("wait_and_see")).toBe("wait and see");
});

test("a mood is said in words, and no feeling where none was seen", () => {
  expect(moodSaid({ emotion: "anger", frustration: 0.7, unknowns: 2 })).toBe(
    "very annoyed · angry · the bot did not know 2 times",
  );
  expect(moodSaid({ emotion: "neutral", frustration: 0.1, unknowns: 0 })).toBe("calm");
});

test("a question that looks surprised is no mood, and no rule is none", () => {
  expect(moodSaid({ emotion: "surprise", frustration: 0.1, unknowns: 0 })).toBe("calm");
  expect(ruleSaid("no rule")).toBeUndefined();
  expect(ruleSaid("big_refund")).toBe("rule big_refund");
  expect(intentSaid("delivery_time")).toBe("delivery time");
});

test("a fact is said by its sort, and a new sort by its name", () => {
  speak("en");
  expect(factSaid("reference")).toBe("Reference");
  expect(factSaid("shoe_size")).toBe("shoe size");
});
