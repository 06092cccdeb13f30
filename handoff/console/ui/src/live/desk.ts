// What this page knows of all conversations and colleagues, and how it learns. No input, no output.
import type { Agent, Counts, Event, Id, Resumed, Row, State } from "../protocol";

export const MOST_ROWS = 1_000;

export interface Desk {
  /** Of the process that counts the events; undefined before the first state. */
  era: string | undefined;
  /** Of the last event. */
  seq: number;
  /** Of the server when the page began. */
  version: string | undefined;
  /** The server has another version now. */
  outdated: boolean;
  me: Id | undefined;
  rows: Map<Id, Row>;
  agents: Map<Id, Agent>;
  counts: Omit<Counts, "mine" | "snoozed">;
}

export type Heard = State | Resumed | Event;
/** `gap`: something was missed, and the whole state is wanted. */
export type Learned = "fine" | "known" | "gap";

export const emptyDesk = (): Desk => ({
  era: undefined,
  seq: 0,
  version: undefined,
  outdated: false,
  me: undefined,
  rows: new Map(),
  agents: new Map(),
  counts: { waiting: 0, open: 0 },
});

/** Learn from a frame; one that was heard before changes nothing. */
export function learn(desk: Desk, frame: Heard): Learned {
  if (frame.type === "state") return begin(desk, frame);
  if (frame.type === "resumed") return same(desk, frame);
  if (frame.seq <= desk.seq) return "known";
  if (frame.seq > desk.seq + 1) return "gap";
  desk.seq = frame.seq;
  switch (frame.type) {
    case "conversation":
      keepRow(desk, frame.row);
      break;
    case "counts":
      desk.counts = { waiting: frame.waiting, open: frame.open };
      break;
    case "agent":
      desk.agents.set(frame.agent.id, frame.agent);
      break;
    case "ticket":
      break;
    default:
      frame satisfies never;
  }
  return "fine";
}

/** Keep a row, unless a later one of the same conversation is known. */
export function keepRow(desk: Desk, row: Row): void {
  const known = desk.rows.get(row.id);
  if (known && isOlder(row, known)) return;
  desk.rows.delete(row.id); // what was told last stands last
  desk.rows.set(row.id, row);
  if (desk.rows.size > MOST_ROWS) forget(desk);
}

/** Of what the bot talks about alone, the longest untold goes: a shift is long. */
function forget(desk: Desk): void {
  for (const [id, { owner }] of desk.rows) if (owner.kind === "bot") return void desk.rows.delete(id);
}

/** What the owner did counts first, then what was said. */
const isOlder = (row: Row, known: Row): boolean =>
  row.epoch < known.epoch || (row.epoch === known.epoch && row.seq < known.seq);

function begin(desk: Desk, state: State): Learned {
  same(desk, state);
  desk.era = state.era;
  desk.seq = state.seq;
  desk.me = state.me.id;
  desk.counts = { waiting: state.counts.waiting, open: state.counts.open };
  desk.rows.clear();
  for (const row of state.open) desk.rows.set(row.id, row);
  desk.agents.clear();
  for (const agent of [...state.agents, state.me]) desk.agents.set(agent.id, agent);
  return "fine";
}

function same(desk: Desk, { version }: State | Resumed): Learned {
  desk.version ??= version;
  desk.outdated = desk.version !== version;
  return "fine";
}
