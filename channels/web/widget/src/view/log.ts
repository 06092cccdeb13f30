// The transcript as it is seen: stored messages in their order, then the answer that is being
// written, then what is not yet sent.
import { keyOf } from "../line";
import type { Delta, Lasting, Message, Thumb } from "../protocol";
import { spoken, t } from "../words";
import { el } from "./dom";
import { message, pressed, said, state, type Verdicts } from "./message";

const NEAR_PX = 80;
const BOT_MS = 15_000;
const AGENT_MS = 6_000;

export class Log {
  readonly scroller: HTMLElement;
  /** The name of who answers, if a person does. */
  agent = t("agent");
  readonly #list = el("ol.log", { role: "log", "aria-live": "off", "aria-label": t("chat") });
  readonly #typed = el("span");
  readonly #dots = el("div.typing", { hidden: "" }, el("i"), el("i"), el("i"), this.#typed);
  readonly #items = new Map<number, HTMLElement>();
  readonly #pending = new Map<string, HTMLElement>();
  readonly #verdicts: Verdicts;
  readonly #atEnd: (near: boolean) => void;
  #growing: { turn: string; item: HTMLElement } | undefined;
  #day = "";
  #timer: number | undefined;

  /** `atEnd` is told whether the newest message is in sight. */
  constructor(intro: HTMLElement, verdicts: Verdicts, atEnd: (near: boolean) => void) {
    this.#verdicts = verdicts;
    this.#atEnd = atEnd;
    this.scroller = el("div.scroll", { tabindex: "0", role: "region", "aria-label": t("chat"), onscroll: () => atEnd(this.#near()) },
      intro, this.#list, this.#dots);
  }

  get empty(): boolean {
    return !this.#list.firstChild;
  }

  /** Show a stored message; its words as they are read out. */
  show(frame: Message): string {
    if (frame.author !== "customer") this.still();
    const item = message(frame, this.agent, this.#verdicts);
    this.#keep(() => {
      const mine = this.#items.get(frame.seq);
      const before = mine ?? this.#growing?.item ?? this.#firstPending();
      const day = dayOf(new Date(frame.at));
      if (day !== this.#day && (this.#day || day !== dayOf(new Date()))) {
        this.#list.insertBefore(el("li.day", {}, day), before);
      }
      this.#list.insertBefore(item, before);
      mine?.remove();
      this.#items.set(frame.seq, item);
      this.#day = day;
    });
    return [...item.querySelectorAll<HTMLElement>(".by, .words")].map((part) => part.innerText).join(": ") || frame.text;
  }

  grow({ turn, text }: Delta): void {
    this.#keep(() => {
      if (this.#growing?.turn !== turn) {
        this.still();
        const item = said("bot growing", t("bot"));
        item.ariaBusy = "true";
        this.#growing = { turn, item };
        this.#list.insertBefore(item, this.#firstPending());
      }
      this.#growing?.item.lastElementChild?.append(text);
    });
  }

  typing(author: "bot" | "agent"): void {
    if (this.#growing) return;
    this.#keep(() => {
      this.#typed.textContent = author === "agent" ? t("agentTyping", this.agent) : t("botTyping");
      this.#dots.hidden = false;
    });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.still(), author === "agent" ? AGENT_MS : BOT_MS);
  }

  /** Nobody is writing. */
  still(): void {
    clearTimeout(this.#timer);
    this.#dots.hidden = true;
    this.#growing?.item.remove();
    this.#growing = undefined;
  }

  /** What waits to be sent; `line` says how it stands. */
  queued(queue: readonly Lasting[], line: string): void {
    const keys = new Set(queue.map(keyOf));
    for (const [key, item] of this.#pending) {
      if (!keys.has(key) && !item.querySelector(".failed")) this.#forget(key); // another tab has sent it
    }
    for (const frame of queue) {
      if (frame.type === "rate") continue;
      let item = this.#pending.get(keyOf(frame));
      if (!item) {
        item = said("customer", "", frame.type === "say" ? frame.text : t("personAsked"));
        this.#pending.set(keyOf(frame), item);
        this.#list.append(item);
        this.keepEnd(true);
      }
      state(item, line);
    }
  }

  /** This was stored as `seq`. */
  accepted(key: string, seq: number): void {
    const mine = this.#pending.get(key);
    if (!mine) return;
    state(mine, "");
    if (this.#items.has(seq)) return this.#forget(key); // the message came before
    this.#pending.delete(key);
    this.#items.set(seq, mine);
  }

  /** This will never be stored. */
  refused(key: string, why: string): void {
    const mine = this.#pending.get(key);
    if (mine) state(mine, `${t("failed")} ${why}`, "state failed");
  }

  rated(turn: string, thumb: Thumb | undefined): void {
    for (const pair of this.#list.querySelectorAll(`[data-turn="${turn}"]`)) pressed(pair, thumb);
  }

  clear(): void {
    this.still();
    this.#items.clear();
    this.#pending.clear();
    this.#day = "";
    this.#list.replaceChildren();
  }

  keepEnd(wanted: boolean): void {
    if (wanted) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atEnd(this.#near());
  }

  /** Who has read to the end goes on doing so. */
  #keep(change: () => void): void {
    const near = this.#near();
    change();
    this.keepEnd(near);
  }

  #forget(key: string): void {
    this.#pending.get(key)?.remove();
    this.#pending.delete(key);
  }

  #firstPending(): HTMLElement | null {
    return this.#pending.values().next().value ?? null;
  }

  #near(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }
}

function dayOf(date: Date): string {
  const age = Math.round((new Date().setHours(12, 0, 0) - new Date(date).setHours(12, 0, 0)) / 864e5);
  return age < 2
    ? new Intl.RelativeTimeFormat(spoken(), { numeric: "auto" }).format(-age, "day")
    : date.toLocaleDateString(spoken(), { dateStyle: "long" });
}
