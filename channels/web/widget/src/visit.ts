// What is remembered of a visit, shared by all tabs of the site: who it is, what is not yet sent,
// how far was read.
import { keep, recall } from "./memory";
import type { Lasting, Thumb } from "./protocol";

export interface Kept {
  token?: string;
  conversation?: string;
  /** Greatest `seq` that was seen by the visitor. */
  read: number;
  /** Not yet acknowledged by the server, oldest first. */
  queue: Lasting[];
  /** Verdicts given, by what they are about. */
  rated: Record<string, Thumb>;
}

export interface Visit {
  readonly now: Readonly<Kept>;
  /** Change it; what other tabs have changed meanwhile stays. */
  change(edit: (kept: Kept) => void): void;
  /** Nothing is remembered any more. */
  forget(): void;
  /** Hear of other tabs no more. */
  close(): void;
}

/** `changed` is called when another tab has changed it, with what was kept before. */
export function makeVisit(key: string, changed: (before: Kept) => void): Visit {
  const load = (): Kept => ({ read: 0, queue: [], rated: {}, ...recall<Partial<Kept>>(key) });
  const hear = (event: StorageEvent) => {
    if (event.key && event.key !== key) return;
    const before = visit.now;
    visit.now = load();
    changed(before);
  };
  const visit = {
    now: load(),
    change(edit: (kept: Kept) => void): void {
      const kept = load();
      edit(kept);
      keep(key, (visit.now = kept));
    },
    forget(): void {
      keep(key, {});
      visit.now = load();
    },
    close: () => removeEventListener("storage", hear),
  };
  addEventListener("storage", hear);
  return visit;
}
