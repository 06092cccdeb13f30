// What the console's server says and hears: handoff/console/PROTOCOL.md, version 1.

export const VERSION = 1

export type Id = string // a UUID
export type Moment = string // ISO 8601 with its offset
export type Channel = 'slack' | 'telegram' | 'web' | 'api'
export type Author = 'customer' | 'bot' | 'agent' | 'system'
export type OwnerKind = 'bot' | 'queue' | 'agent'
export type HandoffState =
  | 'requested' | 'queued' | 'offered' | 'active'
  | 'wrapped_up' | 'returned' | 'abandoned' | 'expired'
export type PresenceKind = 'online' | 'away' | 'offline'
export type Tab = 'mine' | 'waiting' | 'snoozed' | 'all'

// --- failures -----------------------------------------------------------------------------

/** The body of every answer that is no success. */
export interface Problem {
  error: { code: string; message: string }
}
// 401 signed_out · 403 forbidden, foreign_page · 404 not_found · 409 taken, moved_on, refused
// 422 invalid, refused · 429 slow_down · 503 unavailable

// --- who ----------------------------------------------------------------------------------

/** GET /console/api/me */
export interface Me {
  id: Id
  tenant: string
  email: string
  name: string
  role: 'agent' | 'lead' | 'admin'
  may: string[]
}

/** A colleague, as the queue sees them. */
export interface Agent {
  id: Id
  name: string
  presence: PresenceKind
  /** Finishes what is begun, and gets nothing new. */
  draining: boolean
  /** Talks now, and how many at most. */
  talks: number
  capacity: number
  teams: string[]
  languages: string[]
}

export interface Owner {
  kind: OwnerKind
  /** Of an agent; null otherwise. */
  agent: Id | null
  name: string | null
}

// --- the list -----------------------------------------------------------------------------

/** One conversation in the list. It comes whole: a later one replaces an earlier one. */
export interface Row {
  id: Id
  channel: Channel
  customer: string
  /** As their channel knows it; empty where it says none. */
  customer_name: string
  language: string
  owner: Owner
  epoch: number
  /** Of the last message. */
  seq: number
  last: { author: Author; text: string; at: Moment } | null
  active_at: Moment
  /** The latest request for a person, if there ever was one. */
  handoff: {
    id: Id
    state: HandoffState
    reason: string
    team: string
    priority: number
    /** Waiting is counted from here. */
    requested_at: Moment
    /** Who is asked, talks, or ended it. */
    agent: Id | null
    /** Of an offer. */
    until: Moment | null
    /** Targets that are near or missed: `first.near`, `next.missed`. */
    targets: string[]
  } | null
  /** The customer wrote last, and nobody answered since then; null when nobody waits. */
  waiting_since: Moment | null
  /** 0 to 1. */
  frustration: number
  /** Its agent has put it away `until` then; or it is back since `woke_at`, and they have said nothing. */
  snooze: { until: Moment | null; woke_at: Moment | null } | null
}

export interface Counts {
  /** Without what I have put away. */
  mine: number
  snoozed: number
  waiting: number
  /** All that wait or talk with an agent. */
  open: number
}

/** GET /console/api/inbox?tab=&channel=&language=&owner=&assignee=&search=&after=&limit= */
export interface Inbox {
  rows: Row[]
  /** For `after` of the next page; null on the last one. */
  next: string | null
  counts: Counts
  /** With `search` in the tab `all`: so many of the latest were looked through. */
  searched: number | null
}

// --- one conversation ---------------------------------------------------------------------

export interface Source {
  title: string
  uri: string
  quote: string
  score: number
}

/** A file that goes with words; its bytes are at /console/api/conversations/{id}/files/{file}. */
export interface File {
  id: Id
  name: string
  media_type: string
  size: number
}

export interface Message {
  seq: number
  author: Author
  /** Of an agent. */
  agent: Id | null
  agent_name: string | null
  /** Words as they are, in Markdown where the bot says them; to be shown as text. */
  text: string
  sources: Source[]
  turn: Id | null
  at: Moment
  edited: boolean
  /** Taken back; its text is empty. */
  deleted: boolean
  delivery: Delivery | null
  /** Why it was given up; it can be sent again. Comes with `marks`. */
  reason?: string | null
  /** The client's own id, of what an agent said. */
  client_id: string | null
  files: File[]
}

/** How a message gets to its channel: `begun` and `waiting` (between two attempts) are under way,
 * `unknown` and `abandoned` may be there or not, `refused` and `abandoned` are tried no more. */
export type Delivery = 'begun' | 'waiting' | 'unknown' | 'delivered' | 'refused' | 'abandoned'

/** What has become of a message since it was stored. */
export interface Mark {
  seq: number
  /** Its words where they are others now; empty when it was taken back. */
  text: string | null
  edited: boolean
  deleted: boolean
  delivery: Delivery | null
  reason: string | null
  /** Of a customer's message: they may come later than it; null where there are none. */
  files?: File[] | null
}

export interface Note {
  id: Id
  /** It stands behind this message. */
  seq: number
  author: string
  author_name: string
  text: string
  at: Moment
  client_id: string
  files: File[]
}

export interface Messages {
  messages: Message[]
  notes: Note[]
  /** Whether there are older ones. */
  more: boolean
}

/** Why a person is wanted, and what was done before. */
export interface Card {
  reason: string
  requested_at: Moment
  /** At most three lines. */
  summary: string[]
  facts: { kind: string; text: string; seq: number }[]
  /** The latest last. */
  tried: {
    turn: Id
    at: Moment
    decision: string
    confidence: number
    intent: string
    rule: string
    looked_for: string[]
    sources: { title: string; uri: string; quote: string }[]
    tools: { tool: string; outcome: string }[]
  }[]
}

/** GET /console/api/conversations/{id} */
export interface Conversation {
  row: Row
  card: Card | null
  mood: { emotion: string; frustration: number; unknowns: number }
  /** Something to begin with; nothing sends it but a person. */
  suggestion: { text: string; sources: Source[]; from: 'draft' | 'approved' | 'passage' } | null
  draft: Draft | null
  viewers: Viewer[]
}

/** GET /console/api/conversations/{id}/customer */
export interface Customer {
  customer: string
  channel: Channel
  name: string
  username: string
  email: string
  /** What their channel or an operator says of them, as `plan: gold`. */
  attributes: Record<string, string>
  /** Kept with their consent. */
  facts: string[]
  conversations: {
    id: Id
    channel: Channel
    created_at: Moment
    active_at: Moment
    messages: number
    language: string
    owner: OwnerKind
    handoffs: number
    last: string
  }[]
}

export interface Draft {
  kind: 'reply' | 'note'
  text: string
  at: Moment
}

export interface Viewer {
  agent: Id
  name: string
  typing: boolean
}

// --- acts ---------------------------------------------------------------------------------

/** POST /console/api/conversations/{id}/take; 409 `taken` names who was first. */
export interface Take { epoch: number }
/** POST .../reply; the same `client_id` again is stored once. */
export interface Reply { client_id: string; text: string; epoch: number; files?: Id[] }
export interface Replied { seq: number }
/** POST .../return and POST .../decline (an offer) take `{}`. */
export interface Close { reason: string }
/** POST .../transfer: to one of both. */
export interface Transfer { agent?: Id; team?: string }
/** POST .../messages/{seq}/again takes `{}`: bring a message again that was given up; answers the Row. */
/** POST .../notes; answers a Note. */
export interface NewNote { client_id: string; text: string; files?: Id[] }
/** POST .../snooze, DELETE .../snooze; both answer the Row. */
export interface Snooze { until: Moment }
/** GET /console/api/snooze: until when people put talks away, by the tenant's clocks. */
export interface SnoozeTimes { zone: string; hour: Moment; tomorrow: Moment; monday: Moment }
/** PUT .../draft; an empty text forgets it. */
export interface NewDraft { kind: 'reply' | 'note'; text: string }
/** PUT /console/api/presence; what is absent stays. */
export interface Presence { away?: boolean; draining?: boolean }

// --- canned replies -----------------------------------------------------------------------

/** GET, POST /console/api/canned; PUT, DELETE /console/api/canned/{id} */
export interface Canned {
  id: Id
  shortcut: string
  title: string
  /** By language; '' is for every other one. */
  texts: Record<string, string>
  scope: 'team' | 'personal'
  uses: number
  used_at: Moment | null
}
export type NewCanned = Pick<Canned, 'shortcut' | 'title' | 'texts' | 'scope'>
/** POST /console/api/canned/{id}/fill {conversation} */
export interface Filled {
  text: string
  language: string
  /** Where the text has `{{name}}` that nobody knows, as offsets in UTF-16 units. */
  gaps: { name: string; from: number; to: number }[]
}

// --- the live socket: GET /console/api/live, subprotocol console.v1 -----------------------

/** First, and within five seconds. `era` and `since` are those of the last event seen. */
export interface Hello { type: 'hello'; era?: string; since?: number }
/** One conversation is on the screen; of one that was before, messages behind `since` come. */
export interface Watch { type: 'watch'; conversation: Id; since: number }
export interface Unwatch { type: 'unwatch' }
/** At most every 3 s. */
export interface TypingHere { type: 'typing'; conversation: Id }
export type ClientFrame = Hello | Watch | Unwatch | TypingHere

/** The full state; what was known before is to be forgotten. */
export interface State {
  type: 'state'
  era: string
  seq: number
  version: string
  /** The server's clock: `until` and other moments are compared with it. */
  now: Moment
  me: Agent
  counts: Counts
  agents: Agent[]
  /** All that wait or talk with an agent, longest waiting first; at most 200. */
  open: Row[]
}
/** The events behind `since` come now; nothing is to be forgotten. */
export interface Resumed { type: 'resumed'; era: string; seq: number; version: string; now: Moment }

// These have a gapless `seq`: keep the last one for `hello`.
export interface ConversationChanged { type: 'conversation'; seq: number; row: Row }
export interface CountsChanged { type: 'counts'; seq: number; waiting: number; open: number }
export interface AgentChanged { type: 'agent'; seq: number; agent: Agent }
export interface TicketChanged { type: 'ticket'; seq: number; ticket: Id; number: number; conversation: Id | null }

// These are about the watched conversation, and have no `seq` of the socket's.
export interface MessageCame { type: 'message'; conversation: Id; message: Message }
/** Of messages that the page has; those of the last 200 that are not as they were stored come
 * after every `watch`, and each again when it is otherwise. */
export interface Marked { type: 'marks'; conversation: Id; marks: Mark[] }
export interface NoteCame { type: 'note'; conversation: Id; note: Note }
/** For six seconds. */
export interface Typing { type: 'typing'; conversation: Id; author: Author }
export interface Viewers { type: 'viewers'; conversation: Id; viewers: Viewer[] }
export interface SocketError { type: 'error'; code: string; text: string }
/** Come back within so many seconds: this process ends. */
export interface Restart { type: 'restart'; within_s: number }

export type Event = ConversationChanged | CountsChanged | AgentChanged | TicketChanged
export type ServerFrame =
  | State | Resumed | Event | MessageCame | Marked | NoteCame | Typing | Viewers | SocketError | Restart

// Close codes: 4401 sign in again · 4403 you may not · 4408 no hello in time · 1012 come back.
