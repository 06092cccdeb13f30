import { describe, expect, test } from "vitest";
import { aHandoff, aRow } from "../builders";
import { leftOf, soonest } from "./offer";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const offered = (id: string, until: string | null, agent = "me") =>
  aRow({ id, handoff: aHandoff({ state: "offered", agent, until }) });

describe("an offer", () => {
  test("counts down in whole seconds, and ends at nought", () => {
    const row = offered("a", "2026-03-02T12:00:42Z");
    expect(leftOf(row, "me", NOON)).toBe(42);
    expect(leftOf(row, "me", NOON + 41_001)).toBe(1);
    expect(leftOf(row, "me", NOON + 42_000)).toBe(0);
    expect(leftOf(row, "me", NOON + 99_000)).toBe(0);
  });

  test("is nothing to others, and has no seconds without an end", () => {
    expect(leftOf(offered("a", "2026-03-02T12:00:42Z"), "bo", NOON)).toBeUndefined();
    expect(leftOf(offered("a", null), "me", NOON)).toBeUndefined();
    expect(leftOf(aRow(), "me", NOON)).toBeUndefined();
  });

  test("that ends first is named, and none that is over", () => {
    const rows = [offered("late", "2026-03-02T12:01:00Z"), offered("over", "2026-03-02T11:59:00Z"), offered("soon", "2026-03-02T12:00:09Z")];
    expect(soonest(rows, "me", NOON)).toMatchObject({ row: { id: "soon" }, left: 9 });
    expect(soonest([], "me", NOON)).toBeUndefined();
  });
});
