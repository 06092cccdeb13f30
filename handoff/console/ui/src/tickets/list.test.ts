import { describe, expect, test } from "vitest";
import { isLink, newUuid } from "./bodies";
import { addressOf, askedOf } from "./list";

const none = { state: "", assignee: "", connector: "", search: "" };

describe("a list of tickets", () => {
  test("has what is not done, unless more is wanted", () => {
    expect(askedOf(none, null).get("state")).toBe("new,open,pending");
    expect(askedOf({ ...none, state: "all" }, null).has("state")).toBe(false);
    expect(askedOf({ ...none, state: "solved" }, 7).toString()).toBe("limit=50&state=solved&below=7");
  });

  test("stands in the address with what is chosen, and nothing else", () => {
    expect(addressOf(none)).toEqual({});
    expect(addressOf({ ...none, state: "all", search: "lid" })).toEqual({ state: "all", search: "lid" });
  });
});

test("only addresses of the web are links", () => {
  expect(isLink("https://jira.example/browse/SHOP-1")).toBe(true);
  expect(isLink("javascript:alert(1)")).toBe(false);
  expect(isLink("")).toBe(false);
});

test("an id is one of version 4", () => {
  expect(newUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
