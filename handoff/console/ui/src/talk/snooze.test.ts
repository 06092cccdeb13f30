import { expect, test } from "vitest";
import { localMoment, momentIn } from "./snooze";

const NOW = new Date(2026, 2, 2, 9, 5);

test("a field begins at the minute that it is here", () => expect(localMoment(NOW)).toBe("2026-03-02T09:05"));

test("what a field says is a moment of this zone", () => {
  expect(momentIn("2026-03-02T10:00", NOW.getTime())).toBe(new Date(2026, 2, 2, 10).toISOString());
});

test("nothing, nonsense and what is over are no moment to come", () => {
  for (const field of ["", "soon", "2026-03-02T09:05"]) expect(momentIn(field, NOW.getTime())).toBeUndefined();
});
