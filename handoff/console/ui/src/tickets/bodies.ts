// Tickets as the service says and hears them: handoff/tickets/bodies.py.
import { desk } from "../live/store";
import type { Id, Moment } from "../protocol";
import { t, type Word } from "../words";

export const STATES = ["new", "open", "pending", "solved", "closed"] as const;
export type TicketState = (typeof STATES)[number];
export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export type Priority = (typeof PRIORITIES)[number];

export const STATE_WORDS: Readonly<Record<TicketState, Word>> = {
  new: "stateNew", open: "stateOpen", pending: "statePending", solved: "stateSolved", closed: "stateClosed",
};
export const MOVE_WORDS: Readonly<Record<TicketState, Word>> = {
  new: "stateNew", open: "moveOpen", pending: "movePending", solved: "moveSolved", closed: "moveClosed",
};
export const PRIORITY_WORDS: Readonly<Record<Priority, Word>> = {
  low: "priorityLow", normal: "priorityNormal", high: "priorityHigh", urgent: "priorityUrgent",
};

export interface Ticket {
  id: Id
  number: number
  state: TicketState
  title: string
  summary: string
  category: string
  priority: Priority
  orders: string[]
  products: string[]
  emails: string[]
  language: string
  emotion: string
  steps: string[]
  conversation: Id | null
  channel: string
  customer: string
  /** Empty where their channel does not say it. */
  customer_name: string
  team: string
  assignee: Id | null
  reopened: number
  opened_by: string
  opened_at: Moment
  changed_at: Moment
}

/** Where a ticket is beside here. */
export interface Place {
  connector: string
  label: string
  url: string
  state: TicketState
  trouble: string
  /** It was not told everything yet. */
  waiting: boolean
}

export type ListedTicket = Ticket & { places: Place[] };

/** GET /tickets?state=&assignee=&connector=&conversation=&search=&below=&limit= */
export interface TicketPage {
  tickets: ListedTicket[]
  /** For `below` of the next page. */
  next: number | null
  /** With `search`: so many of the latest were looked through. */
  searched: number | null
}

export interface TicketRef {
  number: number
  title: string
  state: TicketState
}

export interface Comment {
  id: Id
  text: string
  public: boolean
  author: string
  at: Moment
}

/** GET /tickets/{number} */
export interface WholeTicket {
  ticket: Ticket
  comments: Comment[]
  places: Place[]
  /** Where it can get now. */
  moves: TicketState[]
  original: TicketRef | null
  duplicates: TicketRef[]
}

/** A person's name by their id; nothing where nobody here is called so. */
export const nameOf = (id: Id | null): string => (id && desk.agents.get(id)?.name) ?? "";

/** Who did something, as people read it: authors are as in the audit log. */
export function authorSaid(author: string): string {
  if (author === "customer") return t("customer");
  const [kind, name = ""] = author.split(":", 2);
  if (kind === "person") return name === desk.me ? t("youSaid") : nameOf(name) || t("agent");
  if (kind === "connector") return name;
  return t(kind === "token" ? "program" : "system");
}

/** An address that may stand in a link: those of trackers come from outside. */
export const isLink = (url: string): boolean => /^https?:\/\//.test(url);

/** An id for a comment; `randomUUID` is missing on pages without TLS. */
export function newUuid(): Id {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
