// Who takes care of the visitor, the way back to the bot, and how a talk was.
import { beforeEach, expect, test } from "vitest";
import type { Message, Rate, RateTalk, State } from "../protocol";
import { choose } from "../words";
import { message } from "./message";
import { awaited, makePanel, type Hands } from "./panel";

const HANDOFF = "00000000-0000-0000-0000-000000000001";
let verdicts: (Rate | RateTalk)[] = [];
let backs = 0;

const nothing = () => undefined;
const hands: Hands = {
  say: nothing,
  person: nothing,
  back: () => void backs++,
  attach: async () => undefined,
  save: async () => undefined,
  typing: nothing,
  fresh: nothing,
  speak: nothing,
  toggle: nothing,
  given: nothing,
  rate: (verdict) => void verdicts.push(verdict),
};

const state = (more: Partial<State>): State => ({ type: "state", owner: "bot", ...more });
const asked = (more: Partial<Message> = {}): Message => ({
  type: "message",
  seq: 1,
  author: "system",
  text: "How was the talk with Ann?",
  html: "",
  at: "2026-06-01T12:00:00Z",
  sources: [],
  turn: null,
  choice: "how_was_it",
  handoff: HANDOFF,
  ...more,
});
const plain = (more: Partial<Message>): Message => {
  const { choice, handoff, ...said } = asked({ html: "<p>Hello</p>", ...more });
  return said;
};
const labels = (item: Element) => [...item.querySelectorAll<HTMLElement>(".thumb")].map((one) => one.ariaLabel);
const press = (item: Element, selector: string) => item.querySelector<HTMLElement>(selector)?.click();

beforeEach(() => {
  choose("en");
  verdicts = [];
  backs = 0;
});

test("what a person said has their name, whoever answers now", () => {
  expect(message(plain({ author: "agent", name: "Bo" }), "Support", hands).querySelector(".by")?.textContent).toBe("Bo");
  expect(message(plain({ author: "agent" }), "Support", hands).querySelector(".by")?.textContent).toBe("Support");
});

test("an answer can be judged, a promise cannot", () => {
  const answer = plain({ author: "bot", turn: HANDOFF });
  expect(labels(message(answer, "Support", hands))).toHaveLength(2);
  expect(labels(message({ ...answer, choice: "bot_instead" }, "Support", hands))).toEqual([]);
});

test("who waits reads their place, and how long it takes where that is known", () => {
  expect(awaited(state({ owner: "queue" }))).toBe("You are waiting for a person. You can go on writing.");
  expect(awaited(state({ owner: "queue", position: 3 }))).toBe(
    "You are number 3 in line for a person. You can go on writing.",
  );
  expect(awaited(state({ owner: "queue", position: 3, wait_s: 250 }))).toBe(
    "You are number 3 in line for a person. At the moment that takes about 4 min. You can go on writing.",
  );
  choose("zh");
  expect(awaited(state({ owner: "queue", position: 3, wait_s: 250 }))).toBe(
    "您在人工客服队列中排第 3 位。目前大约需要等待 4 分钟。您可以继续输入。",
  );
});

test("when people are back is read until they are", () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  expect(awaited(state({ back_at: soon }))).toContain("A person will be back on");
  expect(awaited(state({ back_at: "2020-01-01T09:00:00Z" }))).toBe("");
  expect(awaited(state({ owner: "agent", agent: "Ann" }))).toBe("");
});

test("the way back stands while somebody waits on a line that works, and keeps its button", () => {
  const panel = makePanel(hands);
  const back = () => panel.root.querySelector<HTMLButtonElement>(".banner .chip");
  panel.linked("on");
  panel.owned(state({ owner: "queue", position: 2 }));
  const before = back();
  panel.owned(state({ owner: "queue", position: 1 }));
  expect(back()).toBe(before);
  before?.click();
  expect(backs).toBe(1);
  panel.linked("off");
  expect(before?.disabled).toBe(true);
  panel.owned(state({ owner: "agent", agent: "Ann" }));
  expect(panel.root.querySelector<HTMLElement>(".banner")?.hidden).toBe(true);
  expect(panel.root.querySelector("h2")?.textContent).toBe("Ann");
});

test("a talk is rated by buttons that have names, in a group that has the question", () => {
  const item = message(asked(), "Ann", hands);
  expect(labels(item)).toEqual(["It went well", "It did not go well"]);
  expect(item.querySelector("[role=group]")?.getAttribute("aria-label")).toBe("How was the talk with Ann?");
  press(item, ".down");
  press(item, ".reasons .chip:nth-child(2)");
  expect(verdicts).toEqual([
    { type: "rate_talk", handoff: HANDOFF, thumb: "down" },
    { type: "rate_talk", handoff: HANDOFF, thumb: "down", reason: "not_solved" },
  ]);
});

test("who was content may say more, too", () => {
  const item = message(asked(), "Ann", hands);
  press(item, ".up");
  expect(item.querySelectorAll(".reasons .chip")).toHaveLength(0);
  const line = item.querySelector<HTMLInputElement>(".more input");
  if (line) line.value = "Thanks, Ann!";
  item.querySelector<HTMLFormElement>(".more")?.requestSubmit();
  expect(verdicts.at(-1)).toEqual({ type: "rate_talk", handoff: HANDOFF, thumb: "up", comment: "Thanks, Ann!" });
  expect(item.querySelector(".why")?.textContent).toBe("Thank you. This helps us to do better.");
});

test("other notes of the service ask nothing", () => {
  expect(labels(message(asked({ choice: "bot_instead" }), "Ann", hands))).toEqual([]);
});
