// From the overview to what stands on the cards. Pure.
import type { Agent } from "../protocol";
import type { AgentNow, Day, Overview, Slice } from "./views";

export interface Now {
  waiting: number;
  /** Since when the one has waited who has waited longest. */
  since: string | undefined;
  talks: number;
  /** When the longest open talk was taken. */
  longest: string | undefined;
  online: number;
  agents: number;
  /** How many more talks could be offered. */
  room: number;
  near: number;
  missed: number;
}

/** As the desk counts it: talks that are not put away fill an agent, and offers; who is away or finishing has no room. */
export function roomOf({ presence, draining, capacity, talks, offers }: AgentNow): number {
  if (presence !== "online" || draining) return 0;
  return Math.max(0, capacity - talks.filter(({ snoozed }) => !snoozed).length - offers);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

export function nowOf({ waiting, agents, others, risks }: Overview): Now {
  const talks = [...agents.flatMap((agent) => agent.talks), ...others];
  return {
    waiting: waiting.length,
    since: waiting[0]?.requested_at,
    talks: talks.length,
    longest: talks.map(({ since }) => since).sort((a, b) => Date.parse(a) - Date.parse(b))[0],
    online: agents.filter(({ presence }) => presence === "online").length,
    agents: agents.length,
    room: sum(agents.map(roomOf)),
    near: risks.filter(({ level }) => level === "near").length,
    missed: risks.filter(({ level }) => level === "missed").length,
  };
}

/** What each request came to; together they are all requests. */
export const OUTCOMES = ["completed", "talking", "waiting", "abandoned", "nobody_free", "out_of_hours"] as const;
/** What was thought of each completed one; together they are all of those. */
export const RATINGS = ["rated_up", "rated_down", "unrated"] as const;

/** Of what a slice is a part; undefined for the whole. */
export function wholeOf(slice: Slice): Slice | undefined {
  if (slice === "requested") return undefined;
  return (RATINGS as readonly Slice[]).includes(slice) ? "completed" : "requested";
}

/** In percent of its whole; undefined where there is no row to speak of. */
export function shareOf(slice: Slice, { numbers }: Day): number | undefined {
  const whole = wholeOf(slice);
  if (whole === undefined || !numbers[whole]) return undefined;
  return Math.round((100 * numbers[slice]) / numbers[whole]);
}

const ORDER: Readonly<Record<Agent["presence"], number>> = { online: 0, away: 1, offline: 2 };

type Standing = Pick<Agent, "presence" | "talks" | "name">;

/** Who is there first, and of them who talks most; then by name. */
export function byPresence(one: Standing, other: Standing): number {
  return (
    ORDER[one.presence] - ORDER[other.presence]
    || other.talks - one.talks
    || one.name.localeCompare(other.name)
  );
}
