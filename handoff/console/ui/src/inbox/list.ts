// The list as the page shows it: rows of the desk, more of them page by page, and nothing moves under a pointer.
import { computed, reactive, ref, watch, type ComputedRef, type Ref } from "vue";
import { ask } from "../api";
import { begun, desk, keepRows } from "../live/store";
import { said } from "../parts/asking";
import type { Channel, Counts, Id, Inbox, Row, Tab } from "../protocol";
import { byWaiting, fits, isMine, isSnoozed, settle } from "./order";

const PAGE = 50;

export interface Filter {
  tab: Tab;
  channel: Channel | "";
  language: string;
  /** Somebody's id, or `none`. */
  assignee: string;
  search: string;
}

/** With nothing left out. */
export const NO_FILTER: Omit<Filter, "tab"> = { channel: "", language: "", assignee: "", search: "" };

/** As it stands in an address. */
export const queryOf = ({ channel, language, assignee, search }: Filter): Record<string, string> =>
  Object.fromEntries(Object.entries({ channel, language, assignee, search }).filter(([, value]) => value));

export interface List {
  rows: ComputedRef<Row[]>;
  fresh: ComputedRef<number>;
  counts: ComputedRef<Counts>;
  more: ComputedRef<boolean>;
  busy: Ref<boolean>;
  failed: Ref<string>;
  /** Of a search: so many of the latest were looked through. */
  searched: Ref<number | null>;
  /** The pointer is over the list, or has left it. */
  hold: (held: boolean) => void;
  readMore: () => Promise<void>;
}

export function makeList(filter: ComputedRef<Filter>): List {
  const page = reactive({ found: undefined as Set<Id> | undefined, next: null as string | null, most: PAGE });
  const shown = ref<readonly Id[]>([]);
  const held = ref(false);
  const busy = ref(false);
  const failed = ref("");
  const searched = ref<number | null>(null);
  let asked = 0;

  const wanted = computed(() => {
    const { tab, channel, language, assignee } = filter.value;
    const all = [...desk.rows.values()].filter(
      (row) => fits(row, { tab, me: desk.me, channel: channel || undefined, language, assignee }) && (page.found?.has(row.id) ?? true),
    );
    return all.sort(byWaiting).slice(0, page.most).map(({ id }) => id);
  });
  const settled = computed(() => settle(shown.value, wanted.value, held.value));
  watch(settled, (now) => (shown.value = now.shown));
  watch([filter, begun], begin, { immediate: true });

  function begin(): void {
    shown.value = [];
    Object.assign(page, { found: filter.value.search ? new Set() : undefined, next: null, most: PAGE });
    void read();
  }

  async function read(): Promise<void> {
    const mine = ++asked;
    const query = new URLSearchParams({ tab: filter.value.tab, limit: String(PAGE), ...queryOf(filter.value) });
    if (page.next) query.set("after", page.next);
    busy.value = true;
    failed.value = "";
    try {
      const inbox = await ask<Inbox>("GET", `/inbox?${query}`);
      if (mine !== asked) return;
      keepRows(inbox.rows);
      for (const { id } of inbox.rows) page.found?.add(id);
      page.next = inbox.next;
      searched.value = inbox.searched;
    } catch (failure) {
      if (mine === asked) failed.value = said(failure);
    } finally {
      if (mine === asked) busy.value = false;
    }
  }

  return {
    rows: computed(() => settled.value.shown.flatMap((id) => desk.rows.get(id) ?? [])),
    fresh: computed(() => settled.value.fresh),
    counts: computed(() => ({
      mine: [...desk.rows.values()].filter((row) => isMine(row, desk.me) && !isSnoozed(row)).length,
      snoozed: [...desk.rows.values()].filter((row) => isMine(row, desk.me) && isSnoozed(row)).length,
      ...desk.counts,
    })),
    more: computed(() => page.next !== null),
    busy,
    failed,
    searched,
    hold: (now) => (held.value = now),
    readMore: async () => {
      page.most += PAGE;
      await read();
    },
  };
}
