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

export const isWaiting = (row: Row): boolean => row.owner.kind === "queue";

export function fits(row: Row, { tab, me, channel, language, assignee }: Wanted): boolean {
  if (assignee && (row.owner.agent ?? NOBODY) !== assignee) return false;
  if (channel && row.channel !== channel) return false;
  if (language && row.language !== language) return false;
  return tab === "all" || (tab === "mine" ? isMine(row, me) : isWaiting(row));
}

/** When its customer began to wait; undefined when nobody waits. */
export function waitsSince(row: Row): string | undefined {
  if (isWaiting(row)) return row.handoff?.requested_at ?? row.waiting_since ?? row.active_at;
  return row.owner.kind === "agent" ? (row.waiting_since ?? undefined) : undefined;
}

const RANK: Readonly<Record<Row["owner"]["kind"], number>> = { queue: 0, agent: 1, bot: 2 };

/** The longest waiting first; then who talks with an agent; then the last active. */
export function byWaiting(one: Row, other: Row): number {
  const ranked = RANK[one.owner.kind] - RANK[other.owner.kind];
  if (ranked) return ranked;
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
  return row.last?.author === "customer" && row.seq > (before?.seq ?? 0);
}
