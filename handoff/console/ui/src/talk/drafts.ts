// What was being written, kept per conversation here and, a moment later, by the service.
import { shallowReactive } from "vue";
import { ask } from "../api";
import { keep, kept } from "../keep";
import type { Id, NewDraft } from "../protocol";

const WAIT_MS = 1_000;
const timers = new Map<Id, number>();
const open = shallowReactive(new Set<string>());

const name = (id: Id, kind: NewDraft["kind"]): string => `draft.${kind}.${id}`;

export const draftOf = (id: Id, kind: NewDraft["kind"]): string => kept(name(id, kind)) ?? "";

/** Keep it; an empty text is forgotten. */
export function keepDraft(id: Id, draft: NewDraft): void {
  keep(name(id, draft.kind), draft.text);
  if (draft.text) open.add(name(id, draft.kind));
  else open.delete(name(id, draft.kind));
  clearTimeout(timers.get(id));
  const send = (): void => void ask("PUT", `/conversations/${id}/draft`, draft).catch(() => undefined);
  timers.set(id, setTimeout(send, WAIT_MS) as unknown as number);
}

/** Whether something was begun on this page and is not sent. */
export const isDrafting = (): boolean => open.size > 0;
