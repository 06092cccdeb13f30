// Up to where this browser's user has read each conversation.
import { shallowReactive } from "vue";
import { keep, kept } from "../keep";
import type { Id, Row } from "../protocol";

const MOST = 500; // the oldest are forgotten first

const seen = shallowReactive(new Map<Id, number>(read()));

function read(): [Id, number][] {
  try {
    return JSON.parse(kept("seen") ?? "[]") as [Id, number][];
  } catch {
    return [];
  }
}

/** Something of the customer's has not been on the screen. */
export const isUnread = (row: Row): boolean =>
  row.owner.kind !== "bot" && row.last?.author === "customer" && row.seq > (seen.get(row.id) ?? 0);

/** It is on the screen now. */
export function see(id: Id, seq: number): void {
  if ((seen.get(id) ?? 0) >= seq) return;
  seen.delete(id);
  seen.set(id, seq);
  keep("seen", JSON.stringify([...seen].slice(-MOST)));
}
