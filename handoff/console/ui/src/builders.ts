// Values for tests; each names only what matters there.
import type { Message, Note, Row, State } from "./protocol";

const AT = "2026-03-02T10:00:00Z";

export const aRow = (given: Partial<Row> = {}): Row => ({
  id: "row",
  channel: "web",
  customer: "visitor",
  customer_name: "",
  language: "en",
  owner: { kind: "queue", agent: null, name: null },
  epoch: 1,
  seq: 1,
  last: { author: "customer", text: "Hello", at: AT },
  active_at: AT,
  handoff: null,
  waiting_since: null,
  frustration: 0,
  snooze: null,
  ...given,
});

export const aHandoff = (given: Partial<NonNullable<Row["handoff"]>> = {}): NonNullable<Row["handoff"]> => ({
  id: "handoff",
  state: "queued",
  reason: "asked",
  team: "",
  priority: 0,
  requested_at: AT,
  agent: null,
  until: null,
  targets: [],
  ...given,
});

export const aState = (given: Partial<State> = {}): State => ({
  type: "state",
  era: "era",
  seq: 0,
  version: "1",
  now: AT,
  me: {
    id: "me",
    name: "Ann",
    presence: "online",
    draining: false,
    talks: 0,
    capacity: 4,
    teams: [],
    languages: [],
  },
  counts: { mine: 0, snoozed: 0, waiting: 0, open: 0 },
  agents: [],
  open: [],
  ...given,
});

export const aMessage = (given: Partial<Message> = {}): Message => ({
  seq: 1,
  author: "customer",
  agent: null,
  agent_name: null,
  text: "Hello",
  sources: [],
  turn: null,
  at: AT,
  edited: false,
  deleted: false,
  delivery: null,
  client_id: null,
  files: [],
  ...given,
});

export const aNote = (given: Partial<Note> = {}): Note => ({
  id: "note",
  seq: 1,
  author: "bo",
  author_name: "Bo",
  text: "Look here",
  at: AT,
  files: [],
  client_id: "client",
  ...given,
});
