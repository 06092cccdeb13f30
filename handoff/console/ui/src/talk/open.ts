// An open conversation: read once, then told of what comes, and what is said into it.
import { computed, onBeforeUnmount, reactive, watch as follow, type ComputedRef } from "vue";
import { ask, Failure } from "../api";
import { see } from "../inbox/seen";
import { begun, desk, keepRows, link, say, watch, type About } from "../live/store";
import { said } from "../parts/asking";
import type { Conversation, File, Id, Mark, Message, Messages, Note, Replied, Row } from "../protocol";
import { lay, mark, merge, mergeNotes, unsettled, type Item, type Pending } from "./thread";

const PATIENCE_MS = 10_000;
const TELL_MS = 3_000;

export interface Talk {
  readonly id: Id;
  about: Conversation | undefined;
  messages: Message[];
  notes: Note[];
  pending: Pending[];
  more: boolean;
  /** Status of a failed reading; undefined when it was read. */
  lost: number | undefined;
  /** A sentence about an act that was not done. */
  refused: string;
}

export interface Open {
  talk: Talk;
  row: ComputedRef<Row | undefined>;
  items: ComputedRef<Item[]>;
  read: () => Promise<void>;
  readOlder: () => Promise<void>;
  send: (kind: Pending["kind"], text: string, files: readonly File[]) => Promise<void>;
  again: (pending: Pending) => Promise<void>;
  drop: (pending: Pending) => void;
  /** One of the acts; its answer is the row as it is then. */
  act: (name: string, body?: object, method?: "POST" | "DELETE") => Promise<boolean>;
  /** I am writing to the customer. */
  type: () => void;
}

/** Short names that differ: `randomUUID` is missing on pages without TLS. */
const newId = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

export function openTalk(id: Id): Open {
  const talk = reactive<Talk>({
    id, about: undefined, messages: [], notes: [], pending: [], more: false, lost: undefined, refused: "",
  });
  const row = computed(() => desk.rows.get(id) ?? talk.about?.row);
  const at = `/conversations/${id}`;
  const marks = new Map<number, Mark>();
  let told_at = 0;

  const last = (): number => talk.messages.at(-1)?.seq ?? 0;
  let unwatch: (() => void) | undefined;
  onBeforeUnmount(() => unwatch?.());
  follow(begun, () => void read());
  follow(() => talk.messages.length, () => document.hidden || see(id, last()));
  document.addEventListener("visibilitychange", seen);
  onBeforeUnmount(() => document.removeEventListener("visibilitychange", seen));
  void read();

  function seen(): void {
    if (!document.hidden) see(id, last());
  }

  async function read(): Promise<void> {
    talk.lost = undefined;
    try {
      const [about, page] = await Promise.all([
        ask<Conversation>("GET", at),
        ask<Messages>("GET", `${at}/messages?limit=100`),
      ]);
      keepRows([about.row]);
      talk.about = about;
      take(page);
      talk.more = page.more;
      unwatch ??= watch({ conversation: id, since: last, told: hear });
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      talk.lost = failure.status;
    }
  }

  async function readOlder(): Promise<void> {
    const before = talk.messages[0]?.seq;
    if (before === undefined) return;
    const page = await ask<Messages>("GET", `${at}/messages?before=${before}&limit=100`);
    take(page);
    talk.more = page.more;
  }

  function take({ messages, notes }: Pick<Messages, "messages" | "notes">): void {
    talk.messages = mark(merge(talk.messages, messages), marks);
    talk.notes = mergeNotes(talk.notes, notes);
    talk.pending = unsettled(talk.pending, talk.messages, talk.notes);
  }

  function hear(frame: About): void {
    switch (frame.type) {
      case "message":
        return take({ messages: [frame.message], notes: [] });
      case "marks":
        for (const one of frame.marks) marks.set(one.seq, one);
        return take({ messages: [], notes: [] });
      case "note":
        return take({ messages: [], notes: [frame.note] });
      case "viewers":
        if (talk.about) talk.about.viewers = frame.viewers;
    }
  }

  async function send(kind: Pending["kind"], text: string, files: readonly File[]): Promise<void> {
    const pending: Pending = {
      client_id: newId(), kind, text, files, at: new Date().toISOString(), epoch: row.value?.epoch ?? 0,
    };
    talk.pending.push(pending);
    await bring(talk.pending.at(-1)!);
  }

  async function bring(pending: Pending): Promise<void> {
    const { client_id, kind, text, epoch } = pending;
    const files = pending.files.map((file) => file.id);
    const late = setTimeout(() => (pending.failed ??= ""), PATIENCE_MS);
    try {
      if (kind === "note") take({ messages: [], notes: [await ask<Note>("POST", `${at}/notes`, { client_id, text, files })] });
      else await settle(pending, await ask<Replied>("POST", `${at}/reply`, { client_id, text, epoch, files }));
    } catch (failure) {
      pending.failed = said(failure);
    } finally {
      clearTimeout(late);
    }
  }

  /** The socket brings the message itself; where it is broken, it is read. */
  async function settle(pending: Pending, { seq }: Replied): Promise<void> {
    pending.failed = undefined;
    if (link.value !== "on") take(await ask<Messages>("GET", `${at}/messages?after=${last()}`));
    if (talk.messages.some((one) => one.seq === seq)) drop(pending);
  }

  function drop(pending: Pending): void {
    talk.pending = talk.pending.filter((one) => one.client_id !== pending.client_id);
  }

  async function again(pending: Pending): Promise<void> {
    pending.failed = undefined;
    pending.epoch = row.value?.epoch ?? pending.epoch;
    await bring(pending);
  }

  async function act(name: string, body: object = {}, method: "POST" | "DELETE" = "POST"): Promise<boolean> {
    talk.refused = "";
    try {
      keepRows([await ask<Row>(method, `${at}/${name}`, body)]);
      return true;
    } catch (failure) {
      talk.refused = said(failure);
      await read();
      return false;
    }
  }

  function type(): void {
    if (Date.now() - told_at < TELL_MS) return;
    told_at = Date.now();
    say({ type: "typing", conversation: id });
  }

  const items = computed(() => lay(talk.messages, talk.notes, unsettled(talk.pending, talk.messages, talk.notes)));
  return { talk, row, items, read, readOlder, send, again, drop, act, type };
}
