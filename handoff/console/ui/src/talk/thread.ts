// The thread of one conversation: messages, notes and what is being sent, in one order. Pure.
import type { File, Mark, Message, Note } from "../protocol";

export interface Pending {
  client_id: string;
  kind: "reply" | "note";
  text: string;
  files: readonly File[];
  at: string;
  /** Of the owner whom the writer saw. */
  epoch: number;
  /** Why it was not sent; undefined while it is on its way. */
  failed?: string | undefined;
}

export type Item =
  | { kind: "day"; key: string; at: string }
  | { kind: "message"; key: string; message: Message; first: boolean }
  | { kind: "note"; key: string; note: Note }
  | { kind: "pending"; key: string; pending: Pending };

/** Messages by `seq`, each once; a later version replaces an earlier one. */
export function merge(known: readonly Message[], come: readonly Message[]): Message[] {
  const all = new Map(known.map((one) => [one.seq, one]));
  for (const one of come) all.set(one.seq, one);
  return [...all.values()].sort((a, b) => a.seq - b.seq);
}

/** What has become of messages since they were stored. */
export function mark(known: readonly Message[], marks: ReadonlyMap<number, Mark>): Message[] {
  return known.map((message) => {
    const { text, files, ...rest } = marks.get(message.seq) ?? { text: null };
    return { ...message, ...rest, text: text ?? message.text, files: files ?? message.files };
  });
}

export function mergeNotes(known: readonly Note[], come: readonly Note[]): Note[] {
  const all = new Map(known.map((one) => [one.id, one]));
  for (const one of come) all.set(one.id, one);
  return [...all.values()].sort((a, b) => a.seq - b.seq || Date.parse(a.at) - Date.parse(b.at));
}

/** What has not come back yet. */
export function unsettled(pending: readonly Pending[], messages: readonly Message[], notes: readonly Note[]): Pending[] {
  const settled = new Set([...messages, ...notes].map(({ client_id }) => client_id));
  return pending.filter(({ client_id }) => !settled.has(client_id));
}

/** Everything in the order it is read, with a line for each day. */
export function lay(messages: readonly Message[], notes: readonly Note[], pending: readonly Pending[]): Item[] {
  const items: Item[] = [];
  let day = "";
  let author = "";
  const put = (item: Item, at: string): void => {
    const its = new Date(at).toDateString();
    if (its !== day) items.push({ kind: "day", key: `day ${its}`, at });
    day = its;
    items.push(item);
  };
  const rest = [...notes];
  for (const message of messages) {
    while (rest[0] && rest[0].seq < message.seq) putNote(rest.shift()!);
    const by = message.author + (message.agent ?? "");
    put({ kind: "message", key: `message ${message.seq}`, message, first: by !== author }, message.at);
    author = by;
  }
  rest.forEach(putNote);
  for (const one of pending) put({ kind: "pending", key: `pending ${one.client_id}`, pending: one }, one.at);
  return items;

  function putNote(note: Note): void {
    author = "";
    put({ kind: "note", key: `note ${note.id}`, note }, note.at);
  }
}
