// What the API says of people, programs and the log; handoff/console/bodies.py.
import type { Id, Me, Moment } from "../protocol";

export type Role = Me["role"];
export const ROLES: readonly Role[] = ["agent", "lead", "admin"];

export interface Person {
  id: Id;
  email: string;
  name: string;
  role: Role;
  disabled: boolean;
  invited: boolean;
}

export interface Linked {
  person: Person;
  link: string;
}

export interface Token {
  id: Id;
  name: string;
  scopes: string[];
  made_at: Moment;
  expires_at: Moment | null;
  used_at: Moment | null;
  /** As whom it talks with customers. */
  agent: Id | null;
  secret: string | null;
}

export const SCOPES = [
  "conversations.read", "conversations.answer", "conversations.assign", "desk.oversee", "tickets.write", "answers.review",
  "knowledge.write", "settings.write", "people.write", "audit.read", "customers.vouch",
] as const;

export interface Entry {
  seq: number;
  at: Moment;
  actor: string;
  act: string;
  object: string;
  detail: Record<string, string | number | boolean | null>;
}

export interface Browser {
  id: Id;
  browser: string;
  made_at: Moment;
  seen_at: Moment;
  this: boolean;
}

/** GET /console/api/oidc: the company's own sign-ins. */
export interface Issuers {
  issuers: { name: string; title: string; begin: string }[];
  /** A sentence for each `why` with which somebody is sent back. */
  reasons: Record<string, string>;
}
