// Which rows the list shows, and in which order. Pure.
import type { Channel, Id, Row, Tab } from "../protocol";

export const NOBODY = "none";

export interface Wanted {
  tab: Tab;
  me: Id | undefined;
  channel?: Channel | undefined;
  language?: string | undefined;
  /** Somebody's id, or `none`. */
  assignee?: string | undefined;
}

export const isMine = (row: Row, me: Id | undefined): boolean =>
  row.owner.agent !== null ? row.owner.agent === me : isOffered(row, me);

export const isOffered = (row: Row, me: Id | undefined): boolean =>
  row.handoff?.state === "offered" && row.handoff.agent === me;

/** Its agent has put it away for a time. */
export const isSnoozed = (row: Row): boolean => row.snooze?.until != null;

/** It is back, and its agent has said nothing since. */
export const isBack = (row: Row): boolean => row.snooze?.woke_at != null;

export const isWaiting = (row: Row): boolean => row.owner.kind === "queue";

export function fits(row: Row, { tab, me, channel, language, assignee }: Wanted): boolean {
  if (assignee && (row.owner.agent ?? NOBODY) !== assignee) return false;
  if (channel && row.channel !== channel) return false;
  if (language && row.language !== language) return false;
  if (tab === "all") return true;
  return tab === "waiting" ? isWaiting(row) : isMine(row, me) && isSnoozed(row) === (tab === "snoozed");
}

/** When its customer began to wait; undefined when nobody waits. */
export function waitsSince(row: Row): string | undefined {
  if (isWaiting(row)) return row.handoff?.requested_at ?? row.waiting_since ?? row.active_at;
  return row.owner.kind === "agent" ? (row.waiting_since ?? undefined) : undefined;
}

const RANK: Readonly<Record<Row["owner"]["kind"], number>> = { queue: 0, agent: 1, bot: 2 };

/** The longest waiting first; then who talks with an agent, what is back before all; then the last active. */
export function byWaiting(one: Row, other: Row): number {
  const ranked = RANK[one.owner.kind] - RANK[other.owner.kind];
  if (ranked) return ranked;
  if (isBack(one) !== isBack(other)) return isBack(one) ? -1 : 1;
  if (isSnoozed(one) && isSnoozed(other)) return Date.parse(one.snooze!.until!) - Date.parse(other.snooze!.until!);
  const [a, b] = [waitsSince(one), waitsSince(other)];
  if (a && b) return Date.parse(a) - Date.parse(b) || one.id.localeCompare(other.id);
  if (a || b) return a ? -1 : 1;
  return Date.parse(other.active_at) - Date.parse(one.active_at) || one.id.localeCompare(other.id);
}

export interface Settled {
  shown: readonly Id[];
  /** How many are not shown yet. */
  fresh: number;
}

/** Under a pointer nothing moves: what was shown stays in its place, and what is new is counted. */
export function settle(shown: readonly Id[], wanted: readonly Id[], held: boolean): Settled {
  if (!held || !shown.length) return { shown: wanted, fresh: 0 };
  const before = new Set(shown);
  return { shown, fresh: wanted.filter((id) => !before.has(id)).length };
}

/** Whether a row became something that its agent should hear of. */
export function calls(row: Row, before: Row | undefined, me: Id | undefined): boolean {
  if (!isMine(row, me)) return false;
  if (isOffered(row, me)) return !before || !isOffered(before, me);
  if (isSnoozed(row)) return false; // it is back in a moment, and calls then
  if (isBack(row) && before && isSnoozed(before)) return true;
  return row.last?.author === "customer" && row.seq > (before?.seq ?? 0);
}
