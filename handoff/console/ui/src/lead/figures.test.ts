import { expect, test } from "vitest";
import { byPresence, nowOf, OUTCOMES, RATINGS, roomOf, shareOf, wholeOf } from "./figures";
import type { AgentNow, Day, Overview, TalkNow } from "./views";

const aTalk = (since: string, snoozed = false): TalkNow => ({ conversation: since, customer: "visitor", customer_name: "", channel: "web", since, snoozed });
const anAgent = (given: Partial<AgentNow> = {}): AgentNow => ({
  id: "ann", name: "Ann", presence: "online", draining: false, capacity: 3, teams: [], languages: [], talks: [], offers: 0,
  ...given,
});
const aDay = (numbers: Partial<Day["numbers"]> = {}): Day => ({
  day: "2026-03-02", begins: "", ends: "", median_s: null, p95_s: null,
  numbers: {
    requested: 0, accepted: 0, waiting: 0, talking: 0, completed: 0, abandoned: 0, nobody_free: 0, out_of_hours: 0,
    missed: 0, rated_up: 0, rated_down: 0, unrated: 0, ...numbers,
  },
});
const anOverview = (given: Partial<Overview> = {}): Overview => ({
  at: "", waiting: [], agents: [], others: [], risks: [], teams: [], today: aDay(), ...given,
});

test("an empty desk has nothing to show a time for", () => {
  expect(nowOf(anOverview())).toEqual({
    waiting: 0, since: undefined, talks: 0, longest: undefined, online: 0, agents: 0, room: 0, near: 0, missed: 0,
  });
});

test("talks of who is gone are counted, too, and the longest is found", () => {
  const agents = [anAgent({ talks: [aTalk("2026-03-02T10:00:00Z")] }), anAgent({ presence: "away" })];
  const now = nowOf(anOverview({ agents, others: [aTalk("2026-03-02T10:00:00+01:00")] }));
  expect([now.talks, now.longest, now.online, now.agents]).toEqual([2, "2026-03-02T10:00:00+01:00", 1, 2]);
});

test.each([
  [{ talks: [aTalk("a")], offers: 1 }, 1],
  [{ talks: [aTalk("a"), aTalk("b"), aTalk("c"), aTalk("d")] }, 0],
  [{ talks: [aTalk("a"), aTalk("b", true)] }, 2],
  [{ presence: "away" as const }, 0],
  [{ draining: true }, 0],
])("room of %j is %i", (given, room) => expect(roomOf(anAgent(given))).toBe(room));

test("a share is of its whole, and of nothing there is none", () => {
  const day = aDay({ requested: 8, accepted: 4, completed: 3, rated_up: 1 });
  expect(shareOf("accepted", day)).toBe(50);
  expect(shareOf("rated_up", day)).toBe(33);
  expect(shareOf("requested", day)).toBeUndefined();
  expect(shareOf("accepted", aDay())).toBeUndefined();
});

test("every outcome is a part of the requests, every rating one of what was completed", () => {
  expect(OUTCOMES.map(wholeOf)).toEqual(OUTCOMES.map(() => "requested"));
  expect(RATINGS.map(wholeOf)).toEqual(RATINGS.map(() => "completed"));
});

test("who is there comes first, and of them who talks most", () => {
  const [bo, cai, dee] = [
    { name: "Bo", presence: "offline" as const, talks: 3 },
    { name: "Cai", presence: "online" as const, talks: 0 },
    { name: "Dee", presence: "online" as const, talks: 1 },
  ];
  expect([bo, cai, dee].sort(byPresence)).toEqual([dee, cai, bo]);
});
