import { describe, expect, test } from "vitest";
import { aHandoff, aRow } from "../builders";
import { byWaiting, calls, fits, settle } from "./order";
import { levelOf } from "./waiting";

const agent = (id: string) => ({ kind: "agent", agent: id, name: id }) as const;
const bot = { kind: "bot", agent: null, name: null } as const;

describe("the list", () => {
  test("has the longest waiting first, then agents' talks, then the last active", () => {
    const rows = [
      aRow({ id: "old bot", owner: bot, active_at: "2026-03-02T08:00:00Z" }),
      aRow({ id: "new bot", owner: bot, active_at: "2026-03-02T09:00:00Z" }),
      aRow({ id: "answered", owner: agent("me") }),
      aRow({ id: "asks again", owner: agent("me"), waiting_since: "2026-03-02T09:00:00Z" }),
      aRow({ id: "late", handoff: aHandoff({ requested_at: "2026-03-02T09:59:00Z" }) }),
      aRow({ id: "early", handoff: aHandoff({ requested_at: "2026-03-02T09:00:00Z" }) }),
    ];
    const sorted = rows.sort(byWaiting).map(({ id }) => id);
    expect(sorted).toEqual(["early", "late", "asks again", "answered", "new bot", "old bot"]);
  });

  test("has mine and what is offered to me under mine", () => {
    const mine = { tab: "mine", me: "me" } as const;
    expect(fits(aRow({ owner: agent("me") }), mine)).toBe(true);
    expect(fits(aRow({ owner: agent("bo") }), mine)).toBe(false);
    expect(fits(aRow({ handoff: aHandoff({ state: "offered", agent: "me" }) }), mine)).toBe(true);
    expect(fits(aRow({ handoff: aHandoff({ state: "offered", agent: "bo" }) }), mine)).toBe(false);
    expect(fits(aRow({ owner: agent("bo"), handoff: aHandoff({ state: "active", agent: "me" }) }), mine)).toBe(false);
  });

  test("leaves out what another filter wants", () => {
    expect(fits(aRow({ channel: "slack" }), { tab: "all", me: "me", channel: "web" })).toBe(false);
    expect(fits(aRow({ language: "zh" }), { tab: "all", me: "me", language: "zh" })).toBe(true);
    const ours = { tab: "all", me: "me", assignee: "bo" } as const;
    expect(fits(aRow({ owner: agent("bo") }), ours)).toBe(true);
    expect(fits(aRow({ owner: agent("me") }), ours)).toBe(false);
    expect(fits(aRow(), { ...ours, assignee: "none" })).toBe(true);
    expect(fits(aRow({ owner: agent("bo") }), { ...ours, assignee: "none" })).toBe(false);
  });
});

describe("under the pointer", () => {
  test("nothing moves, and what is new is counted", () => {
    expect(settle(["a", "b"], ["new", "b", "a"], true)).toEqual({ shown: ["a", "b"], fresh: 1 });
  });
  test("what is gone keeps its place", () => {
    expect(settle(["a", "b"], ["b"], true)).toEqual({ shown: ["a", "b"], fresh: 0 });
  });
  test("an empty list takes what comes", () => {
    expect(settle([], ["a"], true)).toEqual({ shown: ["a"], fresh: 0 });
  });
  test("and elsewhere all is in order", () => {
    expect(settle(["a", "b"], ["b", "a"], false)).toEqual({ shown: ["b", "a"], fresh: 0 });
  });
});

describe("the colour of waiting", () => {
  const level = (targets: string[], owner: ReturnType<typeof agent> | undefined = undefined) =>
    levelOf(aRow({ handoff: aHandoff({ targets }), ...(owner ? { owner } : {}) }));

  test("is calm while no target is near", () => expect(level([])).toBe("calm"));
  test("is amber when one is near", () => expect(level(["first.near"])).toBe("near"));
  test("is red when one is missed, whatever else is near", () =>
    expect(level(["first.missed", "resolution.near"])).toBe("past"));
  test("is calm when the agent has answered", () => expect(level(["first.missed"], agent("me"))).toBe("calm"));
});

describe("an agent is called", () => {
  const mine = (seq: number, author: "customer" | "agent" = "customer") =>
    aRow({ owner: agent("me"), seq, last: { author, text: "", at: "2026-03-02T10:00:00Z" } });
  const offer = aRow({ handoff: aHandoff({ state: "offered", agent: "me" }) });

  test("when a customer of theirs writes", () => expect(calls(mine(2), mine(1), "me")).toBe(true));
  test("once for each message", () => expect(calls(mine(2), mine(2), "me")).toBe(false));
  test("not by what they write themselves", () => expect(calls(mine(2, "agent"), mine(1), "me")).toBe(false));
  test("not by customers of others", () => expect(calls(mine(2), mine(1), "bo")).toBe(false));
  test("by an offer, once", () => {
    expect(calls(offer, aRow(), "me")).toBe(true);
    expect(calls({ ...offer, seq: 2 }, offer, "me")).toBe(false);
  });
});

describe("what is put away", () => {
  const away = (until = "2026-03-02T12:00:00Z") => aRow({ owner: agent("me"), snooze: { until, woke_at: null } });
  const back = aRow({ owner: agent("me"), snooze: { until: null, woke_at: "2026-03-02T12:00:00Z" } });

  test("leaves mine for a list of its own, and is back in mine", () => {
    expect(fits(away(), { tab: "mine", me: "me" })).toBe(false);
    expect(fits(away(), { tab: "snoozed", me: "me" })).toBe(true);
    expect(fits(away(), { tab: "snoozed", me: "bo" })).toBe(false);
    expect(fits(away(), { tab: "all", me: "me" })).toBe(true);
    expect(fits(back, { tab: "mine", me: "me" })).toBe(true);
    expect(fits(back, { tab: "snoozed", me: "me" })).toBe(false);
  });
  test("comes back on top of its agent's talks", () => {
    const asks = aRow({ id: "asks", owner: agent("me"), waiting_since: "2026-03-02T09:00:00Z" });
    expect([asks, { ...back, id: "back" }].sort(byWaiting).map(({ id }) => id)).toEqual(["back", "asks"]);
  });
  test("is in the order of its times", () => {
    const rows = [{ ...away("2026-03-03T12:00:00Z"), id: "later" }, { ...away(), id: "sooner" }];
    expect(rows.sort(byWaiting).map(({ id }) => id)).toEqual(["sooner", "later"]);
  });
  test("calls its agent once, when it is back", () => {
    const wrote = { ...away(), seq: 9, last: { author: "customer", text: "", at: "2026-03-02T11:00:00Z" } } as const;
    expect(calls(wrote, away(), "me")).toBe(false);
    expect(calls({ ...back, seq: 9 }, wrote, "me")).toBe(true);
    expect(calls({ ...back, seq: 9 }, { ...back, seq: 9 }, "me")).toBe(false);
  });
});
