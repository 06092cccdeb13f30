// The desk as the page has it: filled by the socket, read by the views.
import { computed, reactive, ref, shallowReactive } from "vue";
import { second_ms } from "../now";
import { me } from "../session";
import type { Agent, Author, ClientFrame, Id, Row, ServerFrame } from "../protocol";
import { emptyDesk, keepRow, learn } from "./desk";
import { openLine, type Line, type Link } from "./line";

export type About = Extract<ServerFrame, { type: "message" | "marks" | "note" | "viewers" }>;

const made = emptyDesk();
export const desk = reactive({ ...made, rows: shallowReactive(made.rows), agents: shallowReactive(made.agents) });
export const link = ref<Link>("connecting");
/** Who is writing where; for a few seconds. */
export const typing = shallowReactive(new Map<Id, Author>());
const TYPED_MS = 6_000;
const ends = new Map<Id, number>();

/** How far the server's clock is ahead of this one. */
const ahead_ms = ref(0);
/** What the server's clock says; it moves each second. */
export const server_ms = computed(() => second_ms.value + ahead_ms.value);

/** Grows when everything is to be read again. */
export const begun = ref(0);

export const myself = computed<Agent | undefined>(() => (desk.me ? desk.agents.get(desk.me) : undefined));
export const colleagues = computed<Agent[]>(() =>
  [...desk.agents.values()].filter(({ id }) => id !== desk.me).sort((a, b) => a.name.localeCompare(b.name)),
);

interface Watched {
  conversation: Id;
  since: () => number;
  told: (frame: About) => void;
}
let line: Line | undefined;
let watched: Watched | undefined;
const ticketTold = new Set<(number: number, conversation: Id | null) => void>();
const rowTold = new Set<(row: Row, before: Row | undefined) => void>();

/** Begin to hear; nothing happens when it has begun. */
export function connect(): void {
  line ??= openLine({
    hello: () => ({ type: "hello", ...(desk.era ? { era: desk.era, since: desk.seq } : {}) }),
    watched: () => watched && { conversation: watched.conversation, since: watched.since() },
    told,
    changed: (now) => (link.value = now),
    signedOut: () => (me.value = null),
  });
}

/** Hear no more, and forget all. */
export function disconnect(): void {
  line?.close();
  line = watched = undefined;
  desk.rows.clear();
  desk.agents.clear();
  desk.era = desk.me = undefined;
}

/** Have a conversation on the screen; returns what takes it away. */
export function watch(now: Watched): () => void {
  watched = now;
  say({ type: "watch", conversation: now.conversation, since: now.since() });
  return () => {
    if (watched !== now) return;
    watched = undefined;
    say({ type: "unwatch" });
  };
}

export function say(frame: ClientFrame): void {
  line?.say(frame);
}

/** Be told of every row that changes while the page runs. */
export function onRow(heard: (row: Row, before: Row | undefined) => void): () => void {
  rowTold.add(heard);
  return () => rowTold.delete(heard);
}

/** Be told of every ticket that was opened or has got on. */
export function onTicket(heard: (number: number, conversation: Id | null) => void): () => void {
  ticketTold.add(heard);
  return () => ticketTold.delete(heard);
}

/** Take in rows that were asked for. */
export function keepRows(rows: readonly Row[]): void {
  for (const row of rows) keepRow(desk, row);
}

function types(conversation: Id, author: Author): void {
  typing.set(conversation, author);
  clearTimeout(ends.get(conversation));
  const over = (): boolean => typing.delete(conversation);
  ends.set(conversation, setTimeout(over, TYPED_MS) as unknown as number);
}

function told(frame: ServerFrame): void {
  switch (frame.type) {
    case "error":
    case "restart":
      return;
    case "typing":
      return types(frame.conversation, frame.author);
    case "message":
      if (frame.message.author === typing.get(frame.conversation)) typing.delete(frame.conversation);
      if (frame.conversation === watched?.conversation) watched.told(frame);
      return;
    case "marks":
    case "note":
    case "viewers":
      if (frame.conversation === watched?.conversation) watched.told(frame);
      return;
    default: {
      if (frame.type === "state" || frame.type === "resumed") ahead_ms.value = Date.parse(frame.now) - Date.now();
      const before = frame.type === "conversation" ? desk.rows.get(frame.row.id) : undefined;
      const learned = learn(desk, frame);
      if (learned === "gap") {
        desk.era = undefined;
        line?.again();
      } else if (frame.type === "state") begun.value++;
      else if (frame.type === "conversation" && learned === "fine") for (const heard of rowTold) heard(frame.row, before);
      else if (frame.type === "ticket" && learned === "fine") for (const heard of ticketTold) heard(frame.number, frame.conversation);
    }
  }
}
