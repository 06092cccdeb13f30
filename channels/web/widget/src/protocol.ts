// The frames of the widget socket, as channels/web/protocol.py has them; version `chat.v1`.

export const SUBPROTOCOL = "chat.v1";

export type Thumb = "up" | "down";
export type Owner = "bot" | "queue" | "agent";

export interface Hello {
  type: "hello";
  tenant?: string;
  token?: string;
  conversation?: string;
  since?: number;
  identity?: string;
  fresh?: boolean;
}
export interface Say {
  type: "say";
  client_id: string;
  text: string;
}
export interface Person {
  type: "person";
  client_id: string;
  language: string;
}
export interface Rate {
  type: "rate";
  turn: string;
  thumb: Thumb;
  reason?: string;
  comment?: string;
}
export interface RateTalk {
  type: "rate_talk";
  handoff: string;
  thumb: Thumb;
  reason?: string;
  comment?: string;
}
export interface Back {
  type: "back";
}
export interface ClientTyping {
  type: "typing";
}

/** What must arrive: kept until the server has acknowledged it. */
export type Lasting = Say | Person | Rate | RateTalk;
/** What may be lost. */
export type Passing = ClientTyping | Back;

export interface Source {
  title: string;
  uri: string;
  quote: string;
  score: number;
}
export interface Welcome {
  type: "welcome";
  conversation: string;
  token: string;
  seq: number;
  brand?: string;
  max_text?: number;
  suggestions?: Record<string, string[]>;
}
export interface Accepted {
  type: "accepted";
  client_id: string;
  seq: number;
}
export interface FileSent {
  id: string;
  name: string;
  media_type: string;
  size: number;
}
export interface Message {
  type: "message";
  seq: number;
  author: "customer" | "bot" | "agent" | "system";
  text: string;
  html: string;
  at: string;
  sources: Source[];
  turn: string | null;
  files?: FileSent[];
  choice?: "bot_instead" | "how_was_it";
  handoff?: string;
  /** Of the agent who said it. */
  name?: string;
  /** Its author has changed or withdrawn it since. */
  changed?: "edited" | "withdrawn";
}
export interface Changed {
  type: "changed";
  seq: number;
  text: string;
  html: string;
  withdrawn?: boolean;
}
export interface Delta {
  type: "delta";
  turn: string;
  text: string;
}
export interface Typing {
  type: "typing";
  author: "bot" | "agent";
}
export interface State {
  type: "state";
  owner: Owner;
  position?: number;
  wait_s?: number;
  agent?: string;
  back_at?: string;
}
export interface Rated {
  type: "rated";
  turn: string;
  thumb: Thumb;
}
export interface TalkRated {
  type: "talk_rated";
  handoff: string;
  thumb: Thumb;
}
export interface Restart {
  type: "restart";
  within_s: number;
}
export interface Refusal {
  type: "error";
  code: "bad_frame" | "not_found" | "slow_down" | "too_long" | "empty" | "unauthorized" | "forbidden" | "unavailable" | "person_here";
  text: string;
  client_id?: string;
  turn?: string;
  handoff?: string;
}

export type ServerFrame =
  | Welcome
  | Accepted
  | Message
  | Changed
  | Delta
  | Typing
  | State
  | Rated
  | TalkRated
  | Restart
  | Refusal;
