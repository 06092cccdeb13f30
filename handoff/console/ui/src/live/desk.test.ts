import { describe, expect, test } from "vitest";
import { aRow, aState } from "../builders";
import { emptyDesk, keepRow, learn, MOST_ROWS } from "./desk";

const told = (seq: number, row = aRow()) => ({ type: "conversation", seq, row }) as const;

describe("the desk", () => {
  test("forgets everything for a state", () => {
    const desk = emptyDesk();
    keepRow(desk, aRow({ id: "old" }));
    expect(learn(desk, aState({ seq: 7, open: [aRow({ id: "new" })] }))).toBe("fine");
    expect([...desk.rows.keys()]).toEqual(["new"]);
    expect(desk.counts).toEqual({ waiting: 0, open: 0 });
    expect(desk.seq).toBe(7);
  });

  test("replaces a row by what comes next", () => {
    const desk = emptyDesk();
    learn(desk, aState({ seq: 7 }));
    expect(learn(desk, told(8, aRow({ id: "a", seq: 3 })))).toBe("fine");
    expect(desk.rows.get("a")?.seq).toBe(3);
    expect(desk.seq).toBe(8);
  });

  test("takes what it has heard for known", () => {
    const desk = emptyDesk();
    learn(desk, aState({ seq: 7 }));
    expect(learn(desk, told(7, aRow({ id: "a" })))).toBe("known");
    expect(desk.rows.has("a")).toBe(false);
  });

  test("says when something is missing, and learns nothing then", () => {
    const desk = emptyDesk();
    learn(desk, aState({ seq: 7 }));
    expect(learn(desk, told(9, aRow({ id: "a" })))).toBe("gap");
    expect(desk.seq).toBe(7);
    expect(desk.rows.size).toBe(0);
  });

  test("continues behind the last event when it is resumed", () => {
    const desk = emptyDesk();
    learn(desk, aState({ seq: 7, open: [aRow({ id: "kept" })] }));
    learn(desk, { type: "resumed", era: "era", seq: 9, version: "1", now: "2026-03-02T10:00:00Z" });
    expect(learn(desk, told(8))).toBe("fine");
    expect(desk.rows.has("kept")).toBe(true);
  });

  test("knows that the server has another version", () => {
    const desk = emptyDesk();
    learn(desk, aState({ version: "1" }));
    expect(desk.outdated).toBe(false);
    learn(desk, { type: "resumed", era: "era", seq: 0, version: "2", now: "2026-03-02T10:00:00Z" });
    expect(desk.outdated).toBe(true);
  });

  test("keeps no row that is older than the one it has", () => {
    const desk = emptyDesk();
    keepRow(desk, aRow({ id: "a", epoch: 2, seq: 5 }));
    keepRow(desk, aRow({ id: "a", epoch: 1, seq: 6 }));
    keepRow(desk, aRow({ id: "a", epoch: 2, seq: 4 }));
    expect(desk.rows.get("a")).toMatchObject({ epoch: 2, seq: 5 });
  });

  test("forgets what only the bot has when it knows too much, and nothing that a person should see", () => {
    const desk = emptyDesk();
    keepRow(desk, aRow({ id: "waits" }));
    const owner = { kind: "bot", agent: null, name: null } as const;
    for (let n = 0; n < MOST_ROWS; n++) keepRow(desk, aRow({ id: `bot ${n}`, owner }));
    expect(desk.rows.size).toBe(MOST_ROWS);
    expect(desk.rows.has("waits")).toBe(true);
    expect(desk.rows.has("bot 0")).toBe(false);
  });
});
