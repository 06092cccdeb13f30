// How long an offer is still open, by the server's clock. Pure.
import type { Id, Row } from "../protocol";
import { isOffered } from "./order";

/** Whole seconds that are left of an offer to me, 0 when it is over; undefined where none has an end. */
export function leftOf(row: Row, me: Id | undefined, server_ms: number): number | undefined {
  const until = row.handoff?.until;
  if (!isOffered(row, me) || !until) return undefined;
  return Math.max(0, Math.ceil((Date.parse(until) - server_ms) / 1_000));
}

/** The offer to me that ends first and is not over. */
export function soonest(rows: Iterable<Row>, me: Id | undefined, server_ms: number): { row: Row; left: number } | undefined {
  let first: { row: Row; left: number } | undefined;
  for (const row of rows) {
    const left = leftOf(row, me, server_ms);
    if (left && (!first || left < first.left)) first = { row, left };
  }
  return first;
}
