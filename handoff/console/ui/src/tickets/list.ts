// The list of tickets: page by page; what changes is read anew in its place, what is new is counted.
import { onBeforeUnmount, ref, watch, type ComputedRef, type Ref } from "vue";
import { ask } from "../api";
import { onTicket } from "../live/store";
import { asking, type Asking } from "../parts/asking";
import type { ListedTicket, TicketPage, WholeTicket } from "./bodies";

export interface TicketFilter {
  /** Empty is all that is not done; `all` is all. */
  state: string;
  /** Somebody's id, or `none`. */
  assignee: string;
  connector: string;
  search: string;
}

export interface TicketList extends Asking {
  tickets: Ref<ListedTicket[] | undefined>;
  fresh: Ref<number>;
  more: Ref<boolean>;
  searched: Ref<number | null>;
  begin: () => Promise<void>;
  readMore: () => Promise<void>;
}

const PAGE = 50;
const NOT_DONE = "new,open,pending";

/** As it stands in an address. */
export const addressOf = (filter: TicketFilter): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value));

/** As the service is asked. */
export function askedOf(filter: TicketFilter, below: number | null): URLSearchParams {
  const state = filter.state === "all" ? "" : filter.state || NOT_DONE;
  const query = new URLSearchParams({ limit: String(PAGE), ...addressOf({ ...filter, state }) });
  if (below !== null) query.set("below", String(below));
  return query;
}

export function listTickets(filter: ComputedRef<TicketFilter>): TicketList {
  const tickets = ref<ListedTicket[]>();
  const next = ref<number | null>(null);
  const fresh = ref(0);
  const more = ref(false);
  const searched = ref<number | null>(null);
  const asked = asking();
  let turn = 0;

  watch(filter, begin, { immediate: true });
  onBeforeUnmount(onTicket((number) => void told(number)));

  async function begin(): Promise<void> {
    next.value = null;
    fresh.value = 0;
    await read([]);
  }

  async function read(before: ListedTicket[]): Promise<void> {
    const mine = ++turn;
    await asked.tries(async () => {
      const page = await ask<TicketPage>("GET", `/tickets?${askedOf(filter.value, next.value)}`);
      if (mine !== turn) return;
      tickets.value = [...before, ...page.tickets];
      next.value = page.next;
      more.value = page.next !== null;
      searched.value = page.searched;
    });
  }

  async function told(number: number): Promise<void> {
    const newest = tickets.value?.[0]?.number ?? 0;
    if (number > newest) return void fresh.value++;
    if (!tickets.value?.some((one) => one.number === number)) return;
    const { ticket, places } = await ask<WholeTicket>("GET", `/tickets/${number}`);
    tickets.value = tickets.value.map((one) => (one.number === number ? { ...ticket, places } : one));
  }

  return { ...asked, tickets, fresh, more, searched, begin, readMore: () => read(tickets.value ?? []) };
}
