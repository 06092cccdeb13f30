// What the service shows leads: handoff/console/lead_views.py has the same.
import type { Channel, Id, Moment, PresenceKind } from "../protocol";

/** A request ends, or stands, in one of these. */
export type Outcome = "waiting" | "talking" | "completed" | "abandoned" | "nobody_free" | "out_of_hours";
export type Rated = "rated_up" | "rated_down" | "unrated";
/** A part of a day's requests; `accepted` and `missed` cut across the outcomes. */
export type Slice = "requested" | "accepted" | "missed" | Outcome | Rated;

export interface Waiter {
  conversation: Id;
  customer: string;
  /** As their channel knows them; may be empty. */
  customer_name: string;
  channel: Channel;
  language: string;
  reason: string;
  team: string;
  skills: string[];
  priority: number;
  requested_at: Moment;
  /** Who has it on offer, and until when. */
  asked: string | null;
  until: Moment | null;
  /** In the order of service, from 1; null for one on offer. */
  position: number | null;
  expected_s: number | null;
}

export interface TalkNow {
  conversation: Id;
  customer: string;
  /** As their channel knows them; may be empty. */
  customer_name: string;
  channel: Channel;
  since: Moment;
  /** Put away for a time; it fills its agent again when it is back. */
  snoozed: boolean;
}

export interface AgentNow {
  id: Id;
  name: string;
  presence: PresenceKind;
  draining: boolean;
  capacity: number;
  teams: string[];
  languages: string[];
  /** The longest first. */
  talks: TalkNow[];
  offers: number;
}

export interface Risk {
  conversation: Id;
  customer: string;
  /** As their channel knows them; may be empty. */
  customer_name: string;
  channel: Channel;
  agent: string | null;
  target: "first" | "next" | "resolution";
  level: "near" | "missed";
  due_at: Moment;
}

export interface Day {
  day: string;
  begins: Moment;
  ends: Moment;
  numbers: Record<Slice, number>;
  /** Of those who were accepted; null when nobody was. */
  median_s: number | null;
  p95_s: number | null;
}

/** GET /console/api/desk */
export interface Overview {
  at: Moment;
  /** The longest waiting first. */
  waiting: Waiter[];
  agents: AgentNow[];
  /** Talks of agents who work here no more. */
  others: TalkNow[];
  /** The first due first. */
  risks: Risk[];
  teams: string[];
  today: Day;
}

export interface Asked {
  handoff: Id;
  conversation: Id;
  customer: string;
  /** As their channel knows them; may be empty. */
  customer_name: string;
  channel: Channel;
  outcome: Outcome;
  agent: string | null;
  reason: string;
  team: string;
  priority: number;
  requested_at: Moment;
  taken_at: Moment | null;
  ended_at: Moment | null;
  /** Until an agent took it. */
  wait_s: number | null;
  thumb: "up" | "down" | null;
  why: string | null;
  comment: string | null;
}

/** GET /console/api/desk/numbers/{slice}?day=&after=&limit= */
export interface Behind {
  n: number;
  requests: Asked[];
  next: string | null;
}
