import { expect, test } from "vitest";
import { called } from "./called";

test("who is known is called by name, and who is not by the end of their id", () => {
  expect(called({ customer: "U7", customer_name: "Tom Reed" })).toBe("Tom Reed");
  expect(called({ customer: "U7", customer_name: "" })).toBe("U7");
  expect(called({ customer: "visitor-01a20095-480f-7f4b-b8d1-70ad6dc90b19", customer_name: "" })).toBe("Visitor 0b19");
});
