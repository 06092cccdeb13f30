import { expect, test } from "vitest";
import { pause_ms } from "./line";

test("tries come less and less often, but never rarer than every 15 s", () => {
  expect([0, 1, 2, 5, 6, 60].map((tries) => pause_ms(tries, 1))).toEqual([300, 600, 1_200, 9_600, 15_000, 15_000]);
});

test("pages do not all come back at once", () => {
  expect(pause_ms(2, 0)).toBe(600);
  expect(pause_ms(2, 0.5)).toBe(900);
});
