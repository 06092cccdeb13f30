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
  /** Verdicts given, by turn. */
  rated: Record<string, Thumb>;
}

export class Visit {
  now: Readonly<Kept>;
  readonly #key: string;
  readonly #hear: (event: StorageEvent) => void;

  /** `changed` is called when another tab has changed it, with what was kept before. */
  constructor(key: string, changed: (before: Kept) => void) {
    this.#key = key;
    this.now = this.#load();
    this.#hear = (event) => {
      if (event.key && event.key !== key) return;
      const before = this.now;
      this.now = this.#load();
      changed(before);
    };
    addEventListener("storage", this.#hear);
  }

  /** Change it; what other tabs have changed meanwhile stays. */
  change(edit: (kept: Kept) => void): void {
    const kept = this.#load();
    edit(kept);
    this.now = kept;
    keep(this.#key, kept);
  }

  /** Nothing is remembered any more. */
  forget(): void {
    keep(this.#key, {});
    this.now = this.#load();
  }

  close(): void {
    removeEventListener("storage", this.#hear);
  }

  #load(): Kept {
    return { read: 0, queue: [], rated: {}, ...recall<Partial<Kept>>(this.#key) };
  }
}
